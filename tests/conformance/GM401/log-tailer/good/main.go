// Good: hosts that were silent for an hour are dropped at each tick, by a loop over the map; and the parser of one line has a
// map of its own.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"
)

type line struct {
	at     time.Time
	fields map[string]string
}

type parser struct {
	fields map[string]string
}

func (p *parser) parse(text string) map[string]string {
	for _, pair := range strings.Fields(text) {
		name, value, _ := strings.Cut(pair, "=")
		p.fields[name] = value
	}
	return p.fields
}

type tailer struct {
	lines  chan string
	latest map[string]*line
}

func (t *tailer) read(r io.Reader) {
	defer close(t.lines)
	for s := bufio.NewScanner(r); s.Scan(); {
		t.lines <- s.Text()
	}
}

func (t *tailer) sweep(now time.Time) {
	for host, l := range t.latest {
		if now.Sub(l.at) > time.Hour {
			delete(t.latest, host)
		}
	}
}

func (t *tailer) loop(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case text := <-t.lines:
			host, rest, _ := strings.Cut(text, " ")
			p := &parser{fields: make(map[string]string)}
			t.latest[host] = &line{at: time.Now(), fields: p.parse(rest)}
		case now := <-tick.C:
			t.sweep(now)
			fmt.Println(len(t.latest))
		}
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	t := &tailer{lines: make(chan string, 64), latest: make(map[string]*line)}
	go t.read(os.Stdin)
	t.loop(ctx)
}
