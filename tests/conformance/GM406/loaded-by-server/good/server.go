// Good: the accounts stand in the map themselves; the report's map of pointers is gone when the
// report is written.
package main

import (
	"bufio"
	"fmt"
	"io"
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
	accounts map[uint64]account
}

func load(path string) (*server, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &server{accounts: make(map[uint64]account)}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var id uint64
		var a account
		if _, err := fmt.Sscan(lines.Text(), &id, &a.balance, &a.limit); err != nil {
			return nil, err
		}
		s.accounts[id] = a
	}
	return s, lines.Err()
}

func (s *server) report(w io.Writer) {
	byLimit := make(map[int64]*account)
	for _, a := range s.accounts {
		sum := byLimit[a.limit]
		if sum == nil {
			sum = &account{limit: a.limit}
			byLimit[a.limit] = sum
		}
		sum.balance += a.balance
	}
	fmt.Fprintln(w, len(byLimit))
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseUint(r.FormValue("id"), 10, 64)
	if err != nil {
		s.report(w)
		return
	}
	fmt.Fprintln(w, s.accounts[id].balance)
}

func main() {
	s, err := load("accounts.txt")
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe("localhost:8080", s))
}
