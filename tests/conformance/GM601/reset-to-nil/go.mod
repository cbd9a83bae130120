module example.com/gm601/reset-to-nil

go 1.24
