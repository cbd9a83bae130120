// Package ledger keeps the balance of accounts.
package ledger

import "sync"

// Ledger keeps balances. Each method locks.
type Ledger struct {
	mu    sync.Mutex
	cents map[string]int64
}

// New returns an empty ledger.
func New() *Ledger {
	return &Ledger{cents: make(map[string]int64)}
}

// Get returns the balance of an account.
func (l *Ledger) Get(account string) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cents[account]
}

// Put sets the balance of an account.
func (l *Ledger) Put(account string, cents int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cents[account] = cents
}

// Update sets the balance of an account to what f makes of it, unless f fails.
func (l *Ledger) Update(account string, f func(cents int64) (int64, error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	cents, err := f(l.cents[account])
	if err != nil {
		return err
	}
	l.cents[account] = cents
	return nil
}

// Close removes an account.
func (l *Ledger) Close(account string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.cents, account)
}
