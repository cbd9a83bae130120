module example.com/gm401/captured-by-main

go 1.21
