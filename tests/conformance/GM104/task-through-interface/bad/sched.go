// Package sched runs named tasks.
//
// Bad: a task that is run from the loop over the tasks may schedule another one, into the same map,
// two calls away behind an interface.
package sched

import "fmt"

// Task is something to do.
type Task interface {
	Run(s *Scheduler) error
}

// Scheduler runs tasks.
type Scheduler struct {
	tasks map[string]Task
	done  map[string]bool
}

// New returns an empty scheduler.
func New() *Scheduler {
	return &Scheduler{tasks: make(map[string]Task), done: make(map[string]bool)}
}

// Schedule adds a task.
func (s *Scheduler) Schedule(name string, t Task) {
	s.tasks[name] = t
}

// RunAll runs all tasks.
func (s *Scheduler) RunAll() error {
	for name, t := range s.tasks {
		if err := t.Run(s); err != nil { // want GM104
			return fmt.Errorf("%s: %w", name, err)
		}
		s.done[name] = true
	}
	return nil
}

// Backup saves one volume.
type Backup struct{ Volume string }

// Run saves the volume and asks for a check of it.
func (b Backup) Run(s *Scheduler) error {
	s.Schedule("verify-"+b.Volume, Verify{b.Volume})
	return nil
}

// Verify checks one volume.
type Verify struct{ Volume string }

// Run checks the volume.
func (v Verify) Run(s *Scheduler) error {
	if !s.done[v.Volume] {
		return fmt.Errorf("volume %s is not saved", v.Volume)
	}
	return nil
}
