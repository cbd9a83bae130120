module example.com/gm101/partner-links

go 1.21
