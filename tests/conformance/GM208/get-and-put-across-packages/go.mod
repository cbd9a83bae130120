module example.com/gm208/get-and-put-across-packages

go 1.22
