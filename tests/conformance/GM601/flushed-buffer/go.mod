module example.com/gm601/flushed-buffer

go 1.22
