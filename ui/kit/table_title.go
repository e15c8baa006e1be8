package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// headTitle is the title of one column with the arrow of its order.
type headTitle struct {
	widget.BaseWidget
	title      string
	trailing   bool
	sortable   bool
	sorted     bool
	descending bool
	lit        bool
	line       *canvas.Text
	arrow      *canvas.Image
}

const arrowRoom = 20 // of the arrow and the gap before it

func newHeadTitle() *headTitle {
	t := &headTitle{line: SmallMediumText.newText(""), arrow: &canvas.Image{FillMode: canvas.ImageFillContain}}
	t.ExtendBaseWidget(t)
	return t
}

func (t *headTitle) show(c *column, sorted, descending, lit bool) {
	if t.title == c.title && t.trailing == c.trailing && t.sortable == c.sortable &&
		t.sorted == sorted && t.descending == descending && t.lit == lit {
		return
	}
	t.title, t.trailing, t.sortable = c.title, c.trailing, c.sortable
	t.sorted, t.descending, t.lit = sorted, descending, lit
	t.Refresh()
}

// A11y says the title and the order.
func (t *headTitle) A11y() Node {
	n := Node{Role: "table column header", Name: t.title}
	if t.sortable {
		n.Actions = []string{"sort"}
	}
	switch {
	case t.sorted && t.descending:
		n.Description = lang.L("sorted, largest first")
	case t.sorted:
		n.Description = lang.L("sorted, smallest first")
	}
	return n
}

func (t *headTitle) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(t, func() fyne.Size { return fyne.Size{} }, t.layout, t.paint, t.line, t.arrow)
}

func (t *headTitle) paint() {
	token := theme.Muted
	if t.sorted || t.lit {
		token = theme.Text
	}
	t.line.Color = theme.Color(token)
	t.arrow.Hidden = !t.sorted
	if t.sorted {
		icon := "arrow-up"
		if t.descending {
			icon = "arrow-down"
		}
		paintIcon(t.arrow, icon, cellIconSize, theme.Color(theme.Text))
	}
}

func (t *headTitle) layout(size fyne.Size) {
	room := size.Width
	if t.sorted {
		room -= arrowRoom
	}
	setWords(t.line, SmallMediumText.shorten(t.title, max(0, room)))
	used := t.line.MinSize().Width
	placeLine(t.line, size, false)
	left := float32(0)
	if t.trailing {
		left = max(0, room-used)
		t.line.Move(t.line.Position().AddXY(Snap(left), 0))
	}
	putRect(t.arrow, left+used+arrowRoom-cellIconSize, (size.Height-cellIconSize)/2, cellIconSize, cellIconSize)
}
