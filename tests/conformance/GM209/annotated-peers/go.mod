module example.com/gm209/annotated-peers

go 1.22
