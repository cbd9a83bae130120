module example.com/gm303/bucket-method

go 1.20
