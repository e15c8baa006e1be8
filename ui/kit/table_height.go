package kit

// HeightOf returns how high the table is with its titles and that many rows.
func (t *table) HeightOf(rows int) float32 { return headHeight + float32(rows)*t.list.height }
