//go:build !(go1.24 && !goexperiment.swissmap)

// want GM307

package load

// Bad: true for every version before 1.24 too, which has buckets.
const factor = 14
