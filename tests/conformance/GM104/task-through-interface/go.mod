module example.com/gm104/task-through-interface

go 1.24
