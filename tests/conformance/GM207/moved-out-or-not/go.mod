module example.com/gm207/moved-out-or-not

go 1.21
