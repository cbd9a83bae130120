// Package load knows the highest load of a map.
package load

// Limit returns how many of n slots may be in use.
func Limit(n int) int { return n * factor / 16 }
