module example.com/gm508/swap-and-cas

go 1.22
