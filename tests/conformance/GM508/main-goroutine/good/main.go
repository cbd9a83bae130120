// Good: addresses are removed when the connection ends, by CompareAndDelete; the words are
// emptied by Clear-like walk in another file; levels are a small set of constants.
package main

import (
	"bufio"
	"log"
	"net"
	"sync"
	"time"

	"example.com/gm508/main-goroutine/good/words"
)

type level uint8

const (
	info level = iota
	warning
)

var perLevel sync.Map

func count(l level) {
	perLevel.Store(l, time.Now())
}

func main() {
	var lastSeen sync.Map
	l, err := net.Listen("tcp", "localhost:7000")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for range time.Tick(time.Hour) {
			words.Empty()
			count(info)
		}
	}()
	for {
		conn, err := l.Accept()
		if err != nil {
			count(warning)
			continue
		}
		go func() {
			now := time.Now()
			addr := conn.RemoteAddr().String()
			defer conn.Close()
			defer lastSeen.CompareAndDelete(addr, now)
			lastSeen.Store(addr, now)
			lines := bufio.NewScanner(conn)
			for lines.Scan() {
				words.Add(lines.Text())
			}
		}()
	}
}
