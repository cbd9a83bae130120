module example.com/gm601/decoded-request

go 1.22
