module example.com/gm204/map-of-structs

go 1.22
