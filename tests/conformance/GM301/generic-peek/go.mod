module example.com/gm301/generic-peek

go 1.24
