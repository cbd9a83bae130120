// Bad: a variable of main lives as long as the program, and the handlers that capture it add an
// entry for each client that ever came.
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

type visit struct {
	first, last time.Time
	agent       string
	count       int
}

func main() {
	addr := flag.String("addr", "localhost:8080", "where to listen")
	flag.Parse()

	var mu sync.Mutex
	visits := make(map[string]*visit) // want GM401

	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		v := visits[host]
		if v == nil {
			v = &visit{first: time.Now(), agent: r.UserAgent()}
			visits[host] = v
		}
		v.last = time.Now()
		v.count++
	})
	mux.HandleFunc("/count", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		json.NewEncoder(w).Encode(len(visits))
	})
	log.Fatal(http.ListenAndServe(*addr, mux))
}
