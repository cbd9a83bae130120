module example.com/gm404/normalised-by-helper

go 1.23
