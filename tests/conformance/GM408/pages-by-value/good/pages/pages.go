// Package pages keeps pages of a file.
//
// Good: pages are behind pointers, and 128 bytes just fit.
package pages

import "io"

// Page is a page.
type Page struct {
	Number int64
	Data   [512]byte
}

// Half is what just fits.
type Half struct {
	Number int64
	Data   [120]byte
}

// Path is a path of fixed length.
type Path [128]byte

// Table has pages.
type Table struct {
	pages map[int64]*Page
	halfs map[int64]Half
	paths map[Path]int64
	texts map[string][]byte
}

// New returns an empty table.
func New() *Table {
	return &Table{pages: map[int64]*Page{}, halfs: map[int64]Half{}, paths: map[Path]int64{}, texts: map[string][]byte{}}
}

// Read reads a page.
func (t *Table) Read(r io.ReaderAt, n int64) error {
	p := &Page{Number: n}
	if _, err := r.ReadAt(p.Data[:], n*512); err != nil {
		return err
	}
	t.pages[n] = p
	t.halfs[n] = Half{Number: n, Data: [120]byte(p.Data[:120])}
	t.texts[string(p.Data[:8])] = p.Data[8:]
	return nil
}

// Name names a page.
func (t *Table) Name(name string, n int64) {
	var p Path
	copy(p[:], name)
	t.paths[p] = n
}
