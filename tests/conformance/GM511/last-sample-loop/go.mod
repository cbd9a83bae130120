module example.com/gm511/last-sample-loop

go 1.24
