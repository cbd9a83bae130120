// Package load reads records from streams.
//
// Good: each turn has its own variable, or the value is copied, or the loop is left when the
// address has been stored, or everything shall share one counter.
package load

import (
	"encoding/binary"
	"encoding/json"
	"io"
)

// Record is one record.
type Record struct {
	ID   string
	Tags []string
}

// JSON reads records.
func JSON(r io.Reader) (map[string]*Record, error) {
	records := make(map[string]*Record)
	dec := json.NewDecoder(r)
	for dec.More() {
		var rec Record
		if err := dec.Decode(&rec); err != nil {
			return nil, err
		}
		records[rec.ID] = &rec
	}
	return records, nil
}

// Blocks reads blocks by their number.
func Blocks(r io.Reader) map[uint32][]byte {
	blocks := map[uint32][]byte{}
	var block [64]byte
	for {
		if _, err := io.ReadFull(r, block[:]); err != nil {
			return blocks
		}
		blocks[binary.BigEndian.Uint32(block[:4])] = append([]byte(nil), block[4:]...)
	}
}

// First finds the first record with a tag.
func First(groups [][]Record, tag string) map[string]*Record {
	found := map[string]*Record{}
	var rec Record
search:
	for _, group := range groups {
		for _, rec = range group {
			for _, t := range rec.Tags {
				if t == tag {
					found[tag] = &rec
					break search
				}
			}
		}
	}
	return found
}

// Loads returns values instead of addresses.
func Loads(ids []string) map[string]Record {
	var rec Record
	all := make(map[string]Record, len(ids))
	for _, rec.ID = range ids {
		all[rec.ID] = rec
	}
	return all
}
