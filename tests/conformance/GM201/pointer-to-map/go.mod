module example.com/gm201/pointer-to-map

go 1.19
