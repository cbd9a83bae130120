// Package load reads records from streams.
//
// Bad: one variable is decoded into again and again, and every entry of the map points to it. No
// version of Go changes that.
package load

import (
	"encoding/binary"
	"encoding/json"
	"errors"
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
	var rec Record
	for {
		err := dec.Decode(&rec)
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return nil, err
		}
		records[rec.ID] = &rec // want GM403
	}
}

// Blocks reads blocks by their number.
func Blocks(r io.Reader) (map[uint32][]byte, error) {
	blocks := map[uint32][]byte{}
	var block [64]byte
	for {
		if _, err := io.ReadFull(r, block[:]); err != nil {
			return blocks, nil
		}
		blocks[binary.BigEndian.Uint32(block[:4])] = block[4:] // want GM403
	}
}

// Printers returns a function for each record.
func Printers(groups [][]Record, w io.Writer) map[string]func() {
	printers := make(map[string]func())
	for _, group := range groups {
		var tags []string
		for i := range group {
			tags = group[i].Tags
			printers[group[i].ID] = func() { // want GM403
				for _, tag := range tags {
					io.WriteString(w, tag)
				}
			}
		}
	}
	return printers
}
