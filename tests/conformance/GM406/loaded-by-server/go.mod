module example.com/gm406/loaded-by-server

go 1.23
