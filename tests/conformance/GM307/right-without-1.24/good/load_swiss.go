//go:build go1.26 || goexperiment.swissmap

package load

// Good: before 1.24 the tag is false, in 1.24 and 1.25 it says what the build has, and later the
// version decides.
const factor = 14
