package machines

import (
	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// tools stand over the table: the filter, the chips, and buttons at the end.
// The chips have a line of their own where one line is too short for all.
type tools struct {
	content                *fyne.Container
	lines                  *fyne.Container
	filter, chips, buttons fyne.CanvasObject
	width                  float32 // of the page
	folded                 bool
}

const (
	toolsGap     = 8
	toolsPadding = 12 + 14
	pageMargin   = 2 * (24 + 1) // of the page and the card's edge
)

func newTools(filter, chips, buttons fyne.CanvasObject) *tools {
	t := &tools{filter: filter, chips: chips, buttons: buttons, lines: kit.Col(toolsGap)}
	t.content = kit.Pad(9, 12, 9, 14, t.lines)
	t.arrange()
	return t
}

// fit follows the width of the page.
func (t *tools) fit(width float32) {
	t.width = width
	t.refit()
}

// refit folds or unfolds after chips came or went, and says whether it did.
func (t *tools) refit() bool {
	all := t.filter.MinSize().Width + t.chips.MinSize().Width + t.buttons.MinSize().Width + 3*toolsGap
	folded := t.width > 0 && all > t.width-pageMargin-toolsPadding
	if folded == t.folded {
		return false
	}
	t.folded = folded
	t.arrange()
	return true
}

func (t *tools) arrange() {
	if t.folded {
		t.lines.Objects = []fyne.CanvasObject{kit.Row(toolsGap, t.filter, kit.Spacer(), t.buttons), t.chips}
	} else {
		t.lines.Objects = []fyne.CanvasObject{kit.Row(toolsGap, t.filter, t.chips, kit.Spacer(), t.buttons)}
	}
	t.lines.Refresh()
}
