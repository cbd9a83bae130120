module example.com/gm401/log-tailer

go 1.23
