// Package billing charges accounts.
//
// Bad: the ledger locks in Get and in Put, but between the two another charge may read the same
// balance. One of the charges is then lost.
package billing

import (
	"errors"
	"fmt"

	"example.com/gm208/get-and-put-across-packages/bad/ledger"
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

// Charge takes an amount, and the fee, from an account.
func (b *Biller) Charge(account string, cents int64) error {
	balance := b.book.Get(account)
	due := cents + b.fee
	if balance < due {
		return fmt.Errorf("%w: %d of %d", ErrFunds, balance, due)
	}
	b.book.Put(account, balance-due) // want-strict GM208
	return nil
}
