module example.com/gm504/two-packages-int64

go 1.24
