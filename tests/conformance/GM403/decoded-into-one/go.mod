module example.com/gm403/decoded-into-one

go 1.24
