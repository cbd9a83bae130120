//go:build go1.24 && !goexperiment.swissmap

// want GM307

package load

// Bad: from Go 1.26 on it is compiled in, as if maps had buckets again.
const factor = 13
