// Good: each importer gets the address of a map of its own; they are put together after Wait.
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
			(*into)[line[:i]] = line[i+1:]
		}
	}
}

func fromJSON(text string, into *settings, wg *sync.WaitGroup) {
	defer wg.Done()
	decoder := json.NewDecoder(strings.NewReader(text))
	for decoder.More() {
		if err := decoder.Decode(into); err != nil || *into == nil {
			fmt.Println(err)
			return
		}
	}
}

func load(env []string, text string) settings {
	first, second := settings{"mode": "prod"}, settings{}
	var wg sync.WaitGroup
	wg.Add(2)
	go fromEnv(env, &first, &wg)
	go fromJSON(text, &second, &wg)
	wg.Wait()
	for name, value := range second {
		first[name] = value
	}
	return first
}

func main() {
	for i := 0; i < 200; i++ {
		s := load([]string{"home=/root", "shell=sh", "term=xterm"}, `{"home": "/", "port": "80"} {"host": "::1"}`)
		if len(s) < 4 {
			fmt.Println(s)
		}
	}
}
