module example.com/gm104/local-closure

go 1.21
