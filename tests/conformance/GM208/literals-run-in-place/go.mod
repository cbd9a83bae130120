module example.com/gm208/literals-run-in-place

go 1.22
