// Package tokens renews tokens before they end.
//
// Good: the loop ends when the lock was given back, by break or return; Refresh walks over a
// list, and may give the lock back.
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

// First renews the first token that ends soon.
func (k *Keeper) First(ctx context.Context, now time.Time) (err error) {
	k.Lock()
	defer k.Unlock()
	for name, t := range k.tokens {
		if t.until.Before(now) {
			k.Unlock()
			_, err = k.source.Renew(ctx, name)
			k.Lock()
			break
		}
	}
	return err
}

// Has says if there is a token that starts like this.
func (k *Keeper) Has(match func(string) bool) bool {
	k.RLock()
	for name := range k.tokens {
		if match(name) {
			k.RUnlock()
			return true
		}
	}
	k.RUnlock()
	return false
}

// Refresh renews all tokens.
func (k *Keeper) Refresh(ctx context.Context) {
	k.Lock()
	defer k.Unlock()
	var names []string
	for name := range k.tokens {
		names = append(names, name)
	}
	for _, name := range names {
		k.Unlock()
		text, err := k.source.Renew(ctx, name)
		k.Lock()
		if t := k.tokens[name]; t != nil && err == nil {
			t.text = text
		}
	}
}
