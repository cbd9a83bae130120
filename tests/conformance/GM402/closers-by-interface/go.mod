module example.com/gm402/closers-by-interface

go 1.18
