// Bad: the accept loop's goroutines remember every address in a sync.Map of main, and another
// one, a package variable, in a second package, gets a new key from every line. Nothing deletes.
package main

import (
	"bufio"
	"log"
	"net"
	"sync"
	"time"

	"example.com/gm508/main-goroutine/bad/words"
)

func main() {
	var lastSeen sync.Map // want GM508
	l, err := net.Listen("tcp", "localhost:7000")
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			log.Print(err)
			continue
		}
		go func() {
			defer conn.Close()
			addr := conn.RemoteAddr().String()
			if old, loaded := lastSeen.Swap(addr, time.Now()); loaded {
				log.Print(addr, " was here at ", old)
			}
			lines := bufio.NewScanner(conn)
			for lines.Scan() {
				words.Add(lines.Text())
			}
		}()
	}
}
