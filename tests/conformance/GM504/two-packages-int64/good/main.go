// Good: the report asserts the named type that is stored, or an interface that this type has.
package main

import (
	"fmt"

	"example.com/gm504/two-packages-int64/good/meter"
)

func report(m *meter.Meter, ports []uint16) (total meter.Bytes) {
	for _, port := range ports {
		v, ok := m.Bytes.Load(port)
		if !ok {
			continue
		}
		total += v.(meter.Bytes)
	}
	return total
}

func text(m *meter.Meter, port uint16) string {
	v, ok := m.Bytes.Load(port)
	if !ok {
		return "-"
	}
	return v.(fmt.Stringer).String()
}

func main() {
	m := new(meter.Meter)
	m.Set(80, 1<<40)
	fmt.Println(report(m, []uint16{443}), text(m, 80))
	m.Close(80)
}
