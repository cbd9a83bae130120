module example.com/gm601/buckets-of-nil

go 1.22
