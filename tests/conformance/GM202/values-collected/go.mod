module example.com/gm202/values-collected

go 1.23
