module example.com/gm103/total-row

go 1.22
