// Package report adds up what the services cost.
//
// Good: the rows that are computed wait until the loop is over; a row that is known to be there
// is only changed, be it after `!ok` and continue; the loop ends with the insert.
package report

import "strings"

const total = "total"

// Costs are cents by service.
type Costs map[string]int

// Sum adds a row for all services and one for each team.
func (c Costs) Sum() {
	sum, teams := 0, make(Costs)
	for service, cents := range c {
		sum += cents
		if team, _, ok := strings.Cut(service, "/"); ok {
			teams[team]++
		}
	}
	c[total] = sum
	for team, n := range teams {
		c[team] = n
	}
}

// Double adds to rows that are there already.
func (c Costs) Double(parent func(string) string) {
	for service, cents := range c {
		up := parent(service)
		if _, ok := c[up]; !ok {
			continue
		}
		c[up] += cents
		c[service] = 0
	}
}

// Mark adds one row for the first expensive service.
func (c Costs) Mark(limit int) bool {
walk:
	for service, cents := range c {
		switch {
		case cents > limit:
			c["expensive:"+service] = cents
			break walk
		case cents < 0:
			c["negative:"+service] = cents
			return false
		}
	}
	return true
}
