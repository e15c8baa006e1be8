package kit

import "fyne.io/fyne/v2"

// Contains says whether the object is part of the area, however deep.
func Contains(area fyne.CanvasObject, object any) bool {
	if any(area) == object {
		return true
	}
	inside, _ := children(area)
	for _, child := range inside {
		if Contains(child, object) {
			return true
		}
	}
	return false
}
