module example.com/gm303/directory-slice

go 1.25
