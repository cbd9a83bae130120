// Bad: a table of a server, filled line by line at the start: an address for each account.
package main

import (
	"bufio"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
)

type account struct {
	balance int64
	limit   int64
}

type server struct {
	accounts map[uint64]*account // want-strict GM406
}

func load(path string) (*server, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &server{accounts: make(map[uint64]*account)}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var id uint64
		a := &account{}
		if _, err := fmt.Sscan(lines.Text(), &id, &a.balance, &a.limit); err != nil {
			return nil, err
		}
		s.accounts[id] = a
	}
	return s, lines.Err()
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseUint(r.FormValue("id"), 10, 64)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if a, ok := s.accounts[id]; ok {
		fmt.Fprintln(w, a.balance, a.limit)
	}
}

func main() {
	s, err := load("accounts.txt")
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe("localhost:8080", s))
}
