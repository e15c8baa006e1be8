package kit

// dense is how all tables are shown. It is read and written on the UI goroutine.
var dense bool

// SetDense chooses between rows of tables of 32 and of 40 units. Tables that are
// shown already follow when the theme is applied again.
func SetDense(on bool) { dense = on }

// Dense says whether rows of tables are low.
func Dense() bool { return dense }

// tableRowHeight is how high the rows of tables are now.
func tableRowHeight() float32 {
	if dense {
		return compactHeight
	}
	return rowHeight
}
