// Bad: a pointer to the map travels to the importers, which write through it, one of them by
// decoding into it.
package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

type settings map[string]string

func fromEnv(lines []string, into *settings, wg *sync.WaitGroup) {
	defer wg.Done()
	for _, line := range lines {
		if i := strings.IndexByte(line, '='); i > 0 {
			(*into)[line[:i]] = line[i+1:] // want GM201
		}
	}
}

func fromJSON(text string, into *settings, wg *sync.WaitGroup) {
	defer wg.Done()
	decoder := json.NewDecoder(strings.NewReader(text))
	for decoder.More() {
		if err := decoder.Decode(into); err != nil { // want GM201
			fmt.Println(err)
			return
		}
	}
}

func load(env []string, text string) settings {
	all := settings{"mode": "prod"}
	var wg sync.WaitGroup
	wg.Add(2)
	go fromEnv(env, &all, &wg)
	go fromJSON(text, &all, &wg)
	wg.Wait()
	return all
}

func main() {
	for i := 0; i < 200; i++ {
		s := load([]string{"home=/root", "shell=sh", "term=xterm"}, `{"home": "/", "port": "80"} {"host": "::1"}`)
		if len(s) < 4 {
			fmt.Println(s)
		}
	}
}
