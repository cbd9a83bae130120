module example.com/gm401/outer-of-two

go 1.24
