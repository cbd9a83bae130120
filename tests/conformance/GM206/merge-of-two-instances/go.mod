module example.com/gm206/merge-of-two-instances

go 1.21
