module example.com/gm307/right-without-1.24

go 1.26
