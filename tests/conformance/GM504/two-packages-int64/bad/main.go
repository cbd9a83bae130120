// Bad: the meter stores int64 values under uint16 keys; the report asserts int, which never is what
// is in there.
package main

import (
	"fmt"

	"example.com/gm504/two-packages-int64/bad/meter"
)

func report(m *meter.Meter, ports []uint16) (total int) {
	for _, port := range ports {
		v, ok := m.Bytes.Load(port)
		if !ok {
			continue
		}
		total += v.(int) // want GM504
	}
	return total
}

func main() {
	m := new(meter.Meter)
	m.Set(80, 1<<40)
	fmt.Println(report(m, []uint16{443}))
	m.Close(80)
}
