module example.com/gm204/field-assigned-per-connection

go 1.25
