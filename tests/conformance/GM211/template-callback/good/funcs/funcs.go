// Package funcs gives functions to templates.
//
// Good: the memo is filled by an initialiser; the one of each formatter belongs to it, and a
// formatter is made for each call.
package funcs

import (
	"strings"
	"text/template"
)

// Map is what a template needs.
var Map = template.FuncMap{
	"weekday": weekday,
	"upper":   strings.ToUpper,
	"words":   words,
}

var short = abbreviate(3)

func abbreviate(n int) map[uint8]string {
	all := make(map[uint8]string)
	for i := uint8(0); i < 7; i++ {
		all[i] = strings.ToUpper(long(i)[:n])
	}
	return all
}

func weekday(n uint8) string { return short[n%7] }

func long(n uint8) string {
	return [...]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}[n]
}

type formatter struct {
	seen map[string]string
}

func (f *formatter) word(w string) string {
	if s, ok := f.seen[w]; ok {
		return s
	}
	s := strings.ToUpper(w[:1]) + w[1:]
	f.seen[w] = s
	return s
}

func words(text string) string {
	f := &formatter{seen: make(map[string]string)}
	out := strings.Fields(text)
	for i, w := range out {
		out[i] = f.word(w)
	}
	return strings.Join(out, " ")
}
