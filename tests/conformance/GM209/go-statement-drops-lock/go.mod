module example.com/gm209/go-statement-drops-lock

go 1.21
