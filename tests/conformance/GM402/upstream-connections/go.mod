module example.com/gm402/upstream-connections

go 1.21
