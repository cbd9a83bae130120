// Good: the first map never holds more than a thousand clients, the second one is filled once
// before anything is served, the third one has the names that it starts with, and the fourth one
// is replaced every hour.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

const maxVisits = 1000

type visit struct {
	first, last time.Time
	count       int
}

type counter struct{ n int }

func main() {
	addr := flag.String("addr", "localhost:8080", "where to listen")
	flag.Parse()

	blocked := make(map[string]*counter)
	if f, err := os.Open("blocked.txt"); err == nil {
		for lines := bufio.NewScanner(f); lines.Scan(); {
			blocked[lines.Text()] = new(counter)
		}
		f.Close()
	}

	var mu sync.Mutex
	visits := make(map[string]*visit)
	agents := make(map[string]*visit)
	methods := map[string]*counter{http.MethodGet: {}, http.MethodPost: {}}

	go func() {
		for range time.Tick(time.Hour) {
			mu.Lock()
			agents = make(map[string]*visit)
			mu.Unlock()
		}
	}()

	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if c, ok := blocked[host]; ok {
			c.n++
			return
		}
		if _, ok := methods[r.Method]; ok {
			methods[r.Method] = &counter{n: methods[r.Method].n + 1}
		}
		agents[r.UserAgent()] = &visit{last: time.Now()}
		v := visits[host]
		if v == nil {
			if len(visits) >= maxVisits {
				http.Error(w, "too many", http.StatusServiceUnavailable)
				return
			}
			v = &visit{first: time.Now()}
			visits[host] = v
		}
		v.count++
	})
	mux.HandleFunc("/count", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		json.NewEncoder(w).Encode(len(visits))
	})
	log.Fatal(http.ListenAndServe(*addr, mux))
}
