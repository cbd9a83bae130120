// Good: the map is made when decoding left none; what was decoded is only read, or copied into a
// map that is there.
package main

import (
	"encoding/json"
	"log"
	"maps"
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
	if req.Labels == nil {
		req.Labels = make(map[string]string)
	}
	req.Labels["owner"] = r.Header.Get("X-User")
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
	var s map[string]any
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, err
	}
	all := map[string]any{"path": path}
	maps.Copy(all, s)
	all["n"] = len(s)
	return all, nil
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
