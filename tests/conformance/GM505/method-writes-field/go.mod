module example.com/gm505/method-writes-field

go 1.21
