// Package rows reads tables.
//
// Bad: the variables are declared before the loop, so that all entries have the address of one; no version of Go helps.
package rows

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"io"
)

// Account is a row.
type Account struct {
	ID    int64
	Owner string
}

// Accounts reads all accounts.
func Accounts(db *sql.DB) (map[int64]*Account, error) {
	rows, err := db.Query("select id, owner from accounts")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	byID := make(map[int64]*Account)
	var a Account
	for rows.Next() {
		if err := rows.Scan(&a.ID, &a.Owner); err != nil {
			return nil, err
		}
		byID[a.ID] = &a // want GM403
	}
	return byID, rows.Err()
}

// Sums hashes blocks of 4 kB and keeps their sums.
func Sums(r io.Reader) (map[uint32][]byte, error) {
	sums := make(map[uint32][]byte)
	block := make([]byte, 4096)
	var sum [sha256.Size]byte
	for n := uint32(0); ; n++ {
		if _, err := io.ReadFull(r, block); err == io.EOF {
			return sums, nil
		} else if err != nil {
			return nil, err
		}
		sum = sha256.Sum256(block)
		sums[binary.BigEndian.Uint32(sum[:])+n] = sum[:] // want GM403
	}
}
