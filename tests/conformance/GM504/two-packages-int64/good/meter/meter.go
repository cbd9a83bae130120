// Package meter counts bytes.
package meter

import (
	"strconv"
	"sync"
)

// Bytes is a number of bytes.
type Bytes int64

// String returns the number with its unit.
func (b Bytes) String() string { return strconv.FormatInt(int64(b), 10) + "B" }

// Meter counts bytes by port.
type Meter struct {
	Bytes sync.Map
}

// Set sets what a port has sent.
func (m *Meter) Set(port uint16, n int64) {
	m.Bytes.Store(port, Bytes(n))
}

// Close forgets a port.
func (m *Meter) Close(port uint16) {
	m.Bytes.Delete(port)
}
