module example.com/gm408/pages-by-value

go 1.22
