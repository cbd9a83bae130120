module example.com/gm401/deleted-out-of-sight

go 1.24
