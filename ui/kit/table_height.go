package kit

// HeightOf returns how high the table is with its titles and that many rows; while
// it is loading, with at least the skeleton that stands for them.
func (t *table) HeightOf(rows int) float32 {
	height := t.list.heightOf(rows)
	if t.loading {
		height = max(height, t.skeleton.MinSize().Height+skeletonFoot)
	}
	return t.headHeight() + height
}

// skeletonFoot is the room below the skeleton.
const skeletonFoot = 14

// headHeight is the height of the titles, which cards do not have.
func (t *table) headHeight() float32 {
	if t.Cards() {
		return 0
	}
	return headHeight
}
