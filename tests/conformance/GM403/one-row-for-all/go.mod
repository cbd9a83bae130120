module example.com/gm403/one-row-for-all

go 1.23
