module example.com/gm206/cond-with-own-mutex

go 1.22
