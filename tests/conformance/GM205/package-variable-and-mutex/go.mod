module example.com/gm205/package-variable-and-mutex

go 1.20
