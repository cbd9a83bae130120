module example.com/gm203/rlocker

go 1.21
