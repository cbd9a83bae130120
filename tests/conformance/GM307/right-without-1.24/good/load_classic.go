//go:build !go1.26 && !goexperiment.swissmap

package load

// Good: the other half.
const factor = 13
