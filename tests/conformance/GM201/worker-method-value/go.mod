module example.com/gm201/worker-method-value

go 1.22
