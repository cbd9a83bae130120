// Package meter counts bytes.
package meter

import "sync"

// Meter counts bytes by port.
type Meter struct {
	Bytes sync.Map
}

// Set sets what a port has sent.
func (m *Meter) Set(port uint16, n int64) {
	m.Bytes.Store(port, n)
}

// Close forgets a port.
func (m *Meter) Close(port uint16) {
	m.Bytes.Delete(port)
}
