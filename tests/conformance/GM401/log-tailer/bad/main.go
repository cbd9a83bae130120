// Bad: the goroutine of a tailer reads lines until it is told to stop, and notes each request that it sees.
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
	at   time.Time
	text string
}

type tailer struct {
	lines  chan string
	latest map[string]*line // want GM401
	levels map[string]int
}

func (t *tailer) read(r io.Reader) {
	defer close(t.lines)
	for s := bufio.NewScanner(r); s.Scan(); {
		t.lines <- s.Text()
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
			request, rest, _ := strings.Cut(text, " ")
			t.latest[request] = &line{at: time.Now(), text: rest}
			if _, known := t.levels[request]; known {
				t.levels[request]++
			}
		case <-tick.C:
			fmt.Println(len(t.latest), t.levels)
		}
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	t := &tailer{lines: make(chan string, 64), latest: make(map[string]*line), levels: map[string]int{"db": 0, "web": 0}}
	go t.read(os.Stdin)
	t.loop(ctx)
}
