module example.com/gm209/package-block-protects-list

go 1.22
