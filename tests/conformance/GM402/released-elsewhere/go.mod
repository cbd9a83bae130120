module example.com/gm402/released-elsewhere

go 1.24
