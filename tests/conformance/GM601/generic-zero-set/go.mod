module example.com/gm601/generic-zero-set

go 1.23
