// Package pool runs tasks on a few goroutines.
package pool

import "sync"

// Pool is a set of workers.
type Pool[T any] struct {
	tasks chan T
	wg    sync.WaitGroup
}

// Start starts n workers that call handle for each task.
func Start[T any](n int, handle func(T)) *Pool[T] {
	p := &Pool[T]{tasks: make(chan T)}
	p.wg.Add(n)
	for range n {
		go p.work(handle)
	}
	return p
}

func (p *Pool[T]) work(handle func(T)) {
	defer p.wg.Done()
	for task := range p.tasks {
		handle(task)
	}
}

// Submit hands a task to a worker.
func (p *Pool[T]) Submit(task T) { p.tasks <- task }

// Close waits for the workers.
func (p *Pool[T]) Close() {
	close(p.tasks)
	p.wg.Wait()
}
