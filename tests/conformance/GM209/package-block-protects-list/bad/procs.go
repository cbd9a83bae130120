// Package procs starts child processes and knows which of them run.
//
// Bad: the comment at the mutex lists the two maps that it protects. Owner reads one of them
// without it, and so does Kill, between two locked sections.
package procs

import "sync"

var (
	mu      sync.Mutex // protects running, ownerOf
	running = make(map[int]func())
	ownerOf = make(map[int]string)
)

// Started notes a process and how to kill it.
func Started(pid int, owner string, kill func()) {
	mu.Lock()
	defer mu.Unlock()
	running[pid] = kill
	ownerOf[pid] = owner
}

// Exited forgets a process.
func Exited(pid int) {
	mu.Lock()
	defer mu.Unlock()
	delete(running, pid)
	delete(ownerOf, pid)
}

// Owner returns who has started a process.
func Owner(pid int) string {
	return ownerOf[pid] // want GM209
}

// Kill kills a process of that owner.
func Kill(pid int, owner string) bool {
	mu.Lock()
	mine := ownerOf[pid] == owner
	mu.Unlock()
	if !mine {
		return false
	}
	if kill, ok := running[pid]; ok { // want GM209
		kill()
	}
	mu.Lock()
	delete(running, pid)
	mu.Unlock()
	return true
}
