// Package life plays the game of life on an endless board.
//
// Good: the next generation is another map; an age is written back for the cell itself, which
// was taken apart and put together again only by a copy.
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

// Stop ends growing.
func (b *Board) Stop() { close(b.stop) }

// Spread returns the next generation.
func (b *Board) Spread() *Board {
	next := &Board{cells: make(map[Cell]int, len(b.cells)), stop: b.stop}
	for c, age := range b.cells {
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				next.cells[Cell{c[0] + dx, c[1] + dy}] += age
			}
		}
	}
	return next
}

// Grow lets cells grow older until it is stopped.
func (b *Board) Grow() {
	for c, age := range b.cells {
		self := c
		select {
		case <-b.stop:
			return
		default:
			b.cells[self] = age + 1
		}
		if age > 100 {
			c[0]++
			b.cells[c] = 0
			break
		}
	}
}
