// Package sched runs named tasks.
//
// Good: tasks run from a sorted slice of names, so they may schedule others. The checks that are
// called from the loop over the map only read it, or write the other map.
package sched

import (
	"fmt"
	"maps"
	"slices"
)

// Task is something to do.
type Task interface {
	Check(s *Scheduler) bool
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
	for _, name := range slices.Sorted(maps.Keys(s.tasks)) {
		if err := s.tasks[name].Run(s); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.finish(name)
	}
	return nil
}

// Ready counts the tasks that could run.
func (s *Scheduler) Ready() (n int) {
	for name, t := range s.tasks {
		if t.Check(s) {
			n++
		} else {
			s.finish(name)
		}
	}
	return n
}

func (s *Scheduler) finish(name string) {
	s.done[name] = true
}

// Backup saves one volume.
type Backup struct{ Volume string }

// Check says whether the volume can be saved.
func (b Backup) Check(s *Scheduler) bool {
	_, ok := s.tasks["verify-"+b.Volume]
	return !ok
}

// Run saves the volume and asks for another one.
func (b Backup) Run(s *Scheduler) error {
	s.Schedule("again-"+b.Volume, b)
	return nil
}
