// Package tables counts the tables of a page file.
//
// Good: the directory is that of a file, and what is sliced are values of a map.
package tables

import "unsafe"

// header is the head of a mapped file.
type header struct {
	used   uint64
	dirPtr unsafe.Pointer
	dirLen int
}

type table struct {
	used     uint16
	capacity uint16
}

// File is a mapped file. The map has the data of each of its pages.
type File struct {
	head  header
	pages map[int][]byte
	fixed map[string]*[64]uint16
}

// Fills returns how full all tables are.
func (f *File) Fills() []uint16 {
	var fills []uint16
	for _, t := range unsafe.Slice((**table)(f.head.dirPtr), f.head.dirLen) {
		fills = append(fills, t.used)
	}
	return fills
}

// Words returns a page as words.
func (f *File) Words(n int) []uint64 {
	page := f.pages[n]
	if len(page) < 8 {
		return nil
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(page))), len(page)/8)
}

// Half returns the second half of a fixed block.
func (f *File) Half(name string) *uint16 {
	b := f.fixed[name]
	if b == nil {
		return nil
	}
	return (*uint16)(unsafe.Add(unsafe.Pointer(b), 64))
}
