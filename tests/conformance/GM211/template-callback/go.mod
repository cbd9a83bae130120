module example.com/gm211/template-callback

go 1.21
