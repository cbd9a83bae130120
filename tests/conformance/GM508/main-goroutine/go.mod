module example.com/gm508/main-goroutine

go 1.22
