module example.com/gm202/unlocked-iterator-method

go 1.25
