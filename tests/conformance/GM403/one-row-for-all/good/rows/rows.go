// Package rows reads tables.
//
// Good: a variable for each turn, a copy, or one entry that is to have the last value.
package rows

import (
	"crypto/sha256"
	"database/sql"
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
	byOwner := make(map[string]*Account)
	var last Account
	for rows.Next() {
		var a Account
		if err := rows.Scan(&a.ID, &a.Owner); err != nil {
			return nil, err
		}
		byID[a.ID] = &a
		last = a
		own := last
		byOwner[a.Owner] = &own
	}
	byOwner["last"] = &last
	for owner, a := range byOwner {
		byID[a.ID+int64(len(owner))] = a
	}
	return byID, rows.Err()
}

// Sums hashes blocks of 4 kB and keeps their sums.
func Sums(r io.Reader) (map[uint32][]byte, error) {
	sums := make(map[uint32][]byte)
	whole := make(map[string]any)
	block := make([]byte, 4096)
	var count uint64
	for n := uint32(0); ; n++ {
		if _, err := io.ReadFull(r, block); err != nil {
			break
		}
		sum := sha256.Sum256(block)
		sums[n] = sum[:]
		count++
		whole["blocks"] = &count
	}
	whole["sums"] = sums
	return sums, nil
}
