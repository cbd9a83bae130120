module example.com/gm211/schema-cache

go 1.22
