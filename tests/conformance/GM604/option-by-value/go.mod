module example.com/gm604/option-by-value

go 1.20
