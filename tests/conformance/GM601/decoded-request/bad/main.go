// Bad: a request that has no labels, or null, leaves the field nil; the handler writes to it. The
// second write comes after the first one and is not reported again. A map that was made before
// is nil after decoding null all the same.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
)

type request struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels"`
}

func create(w http.ResponseWriter, r *http.Request) {
	var req request
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	req.Labels["owner"] = r.Header.Get("X-User") // want GM601
	req.Labels["name"] = req.Name
	if err := json.NewEncoder(w).Encode(req); err != nil {
		log.Print(err)
	}
}

func settings(path string) (map[string]any, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := make(map[string]any)
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, err
	}
	s["path"] = path // want GM601
	return s, nil
}

func main() {
	s, err := settings("settings.json")
	if err != nil {
		log.Fatal(err)
	}
	log.Print(len(s))
	http.HandleFunc("POST /things", create)
	log.Fatal(http.ListenAndServe("localhost:8080", nil))
}
