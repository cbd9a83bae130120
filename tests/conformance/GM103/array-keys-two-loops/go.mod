module example.com/gm103/array-keys-two-loops

go 1.19
