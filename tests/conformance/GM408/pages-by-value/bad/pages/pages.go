// Package pages keeps pages of a file.
//
// Bad: a page is half a kilobyte and a path 160 bytes. Both are stored indirectly, an allocation for each entry, and
// every look-up of a single byte copies a page.
package pages

import "io"

// Page is a page.
type Page struct {
	Number int64
	Data   [512]byte
}

// Path is a path of fixed length.
type Path [160]byte

// Table has pages.
type Table struct {
	pages map[int64]Page // want-strict GM408
	paths map[Path]int64 // want-strict GM408
}

// New returns an empty table.
func New() *Table {
	return &Table{pages: make(map[int64]Page), paths: make(map[Path]int64)}
}

// Read reads a page.
func (t *Table) Read(r io.ReaderAt, n int64) error {
	p := Page{Number: n}
	if _, err := r.ReadAt(p.Data[:], n*512); err != nil {
		return err
	}
	t.pages[n] = p
	return nil
}

// Name names a page.
func (t *Table) Name(name string, n int64) {
	var p Path
	copy(p[:], name)
	t.paths[p] = n
}

// Byte returns a byte.
func (t *Table) Byte(n int64, at int) byte { return t.pages[n].Data[at] }
