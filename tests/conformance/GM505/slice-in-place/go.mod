module example.com/gm505/slice-in-place

go 1.22
