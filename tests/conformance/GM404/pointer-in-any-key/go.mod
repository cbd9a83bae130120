module example.com/gm404/pointer-in-any-key

go 1.22
