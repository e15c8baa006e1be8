package kit

// HeightOf returns how high the table is with its titles and that many rows.
func (t *table) HeightOf(rows int) float32 { return t.headHeight() + t.list.heightOf(rows) }

// headHeight is the height of the titles, which cards do not have.
func (t *table) headHeight() float32 {
	if t.Cards() {
		return 0
	}
	return headHeight
}
