module example.com/gm401/length-only-logged

go 1.23
