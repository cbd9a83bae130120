// Package report adds up what the services cost.
//
// Bad: the total is a row of the table that is being added up. In some runs the loop visits it
// and adds the total to itself.
package report

import "strings"

const total = "total"

// Costs are cents by service.
type Costs map[string]int

// Sum adds a row for all services and one for each team.
func (c Costs) Sum() {
	for service, cents := range c {
		c[total] += cents // want GM103
		if team, _, ok := strings.Cut(service, "/"); ok {
			c[team]++ // want GM103
		}
	}
}

// Alias gives each service a second name.
func Alias(costs map[string][]int, short func(string) string) {
	for service, list := range costs {
		if len(list) == 0 {
			continue
		}
		name := short(service)
		costs[name] = append(costs[name], list...) // want GM103
	}
}
