// Package procs starts child processes and knows which of them run.
//
// Good: the listed maps are used under the mutex, also where TryLock took it. The exit codes in
// the same block are not listed: they are filled in once, by init, and only read later.
package procs

import "sync"

var (
	mu      sync.Mutex // protects running, ownerOf
	running = make(map[int]func())
	ownerOf = make(map[int]string)

	meaning = make(map[int]string)
)

func init() {
	for i, text := range []string{"success", "failure", "usage"} {
		meaning[i] = text
	}
	running[1] = func() {}
	ownerOf[1] = "root"
}

// Meaning tells what an exit code means.
func Meaning(code int) string {
	return meaning[code]
}

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

// Owner returns who has started a process, if that can be told at once.
func Owner(pid int) (owner string, ok bool) {
	if !mu.TryLock() {
		return "", false
	}
	defer mu.Unlock()
	owner, ok = ownerOf[pid]
	return owner, ok
}

// Kill kills a process of that owner.
func Kill(pid int, owner string) bool {
	mu.Lock()
	if ownerOf[pid] != owner {
		mu.Unlock()
		return false
	}
	kill, ok := running[pid]
	delete(running, pid)
	mu.Unlock()
	if ok {
		kill()
	}
	return true
}
