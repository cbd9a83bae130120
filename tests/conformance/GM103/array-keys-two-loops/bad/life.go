// Package life plays the game of life on an endless board.
//
// Bad: cells are born into the board while it is walked over, in a loop over the eight
// neighbours and, two blocks deeper, in a select statement's case.
package life

// Cell is a place of the board.
type Cell [2]int

// Board is where cells live.
type Board struct {
	cells map[Cell]int
	stop  chan struct{}
}

// NewBoard returns a board with living cells.
func NewBoard(alive ...Cell) *Board {
	b := &Board{cells: make(map[Cell]int), stop: make(chan struct{})}
	for _, c := range alive {
		b.cells[c] = 1
	}
	return b
}

// Stop ends spreading.
func (b *Board) Stop() { close(b.stop) }

// Spread lets each cell have a child at its right side.
func (b *Board) Spread() {
	for c, age := range b.cells {
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				next := Cell{c[0] + dx, c[1] + dy}
				if next == c {
					continue
				}
				b.cells[next] = age + 1 // want GM103
			}
		}
	}
}

// Grow lets cells grow until it is stopped.
func (b *Board) Grow() {
	for c := range b.cells {
		select {
		case <-b.stop:
			return
		default:
			c[0]++
			b.cells[c] = 0 // want GM103
		}
	}
}
