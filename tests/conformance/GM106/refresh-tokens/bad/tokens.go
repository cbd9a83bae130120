// Package tokens renews tokens before they end.
//
// Bad: both loops give the lock back for the slow call and take it again, while Drop and Put
// change the map.
package tokens

import (
	"context"
	"sync"
	"time"
)

// Source makes tokens.
type Source interface {
	Renew(ctx context.Context, name string) (string, error)
}

// Keeper holds tokens.
type Keeper struct {
	sync.RWMutex
	source Source
	tokens map[string]*token
}

type token struct {
	text  string
	until time.Time
}

// New returns a keeper.
func New(s Source) *Keeper { return &Keeper{source: s, tokens: make(map[string]*token)} }

// Put enters a token.
func (k *Keeper) Put(name, text string, until time.Time) {
	k.Lock()
	defer k.Unlock()
	k.tokens[name] = &token{text, until}
}

// Drop removes a token.
func (k *Keeper) Drop(name string) {
	k.Lock()
	delete(k.tokens, name)
	k.Unlock()
}

// Probe asks for each token without keeping the answer.
func (k *Keeper) Probe(ctx context.Context) (failed int) {
	k.RLock()
	defer k.RUnlock()
	for name := range k.tokens {
		k.RUnlock() // want GM106
		_, err := k.source.Renew(ctx, name)
		k.RLock()
		if err != nil {
			failed++
		}
	}
	return failed
}

// Refresh renews what ends soon.
func (k *Keeper) Refresh(ctx context.Context, now time.Time) error {
	k.Lock()
	defer k.Unlock()
	for name, t := range k.tokens {
		if t.until.Sub(now) > time.Minute {
			continue
		}
		text, err := func() (string, error) {
			k.Unlock() // want GM106
			defer k.Lock()
			return k.source.Renew(ctx, name)
		}()
		if err != nil {
			return err
		}
		t.text = text
	}
	return nil
}
