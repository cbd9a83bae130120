// Package billing charges accounts.
//
// Good: reading and writing the balance is one critical section of the ledger. Open puts without
// having looked, and Statement only looks.
package billing

import (
	"errors"
	"fmt"

	"example.com/gm208/get-and-put-across-packages/good/ledger"
)

// ErrFunds says that the balance does not suffice.
var ErrFunds = errors.New("billing: not enough")

// Biller charges accounts in a ledger.
type Biller struct {
	book *ledger.Ledger
	fee  int64
}

// New returns a biller.
func New(book *ledger.Ledger, fee int64) *Biller {
	return &Biller{book: book, fee: fee}
}

// Open starts an account with a gift.
func (b *Biller) Open(account string, gift int64) {
	b.book.Put(account, gift)
}

// Charge takes an amount, and the fee, from an account.
func (b *Biller) Charge(account string, cents int64) error {
	due := cents + b.fee
	return b.book.Update(account, func(balance int64) (int64, error) {
		if balance < due {
			return 0, fmt.Errorf("%w: %d of %d", ErrFunds, balance, due)
		}
		return balance - due, nil
	})
}

// Statement tells the balance of some accounts.
func (b *Biller) Statement(accounts ...string) map[string]int64 {
	out := make(map[string]int64, len(accounts))
	for _, a := range accounts {
		out[a] = b.book.Get(a)
	}
	return out
}
