module example.com/gm601/nil-from-function

go 1.20
