module example.com/gm106/refresh-tokens

go 1.22
