module example.com/gm602/variadic-memo

go 1.21
