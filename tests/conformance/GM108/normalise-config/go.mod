module example.com/gm108/normalise-config

go 1.22
