package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Setters for the canvas objects of rows. They ask for a repaint only when
// something changes: a row is bound on every step of scrolling.

func setFill(r *canvas.Rectangle, token theme.Token) {
	if c := filling(token); r.FillColor != c {
		r.FillColor = c
		r.Refresh()
	}
}

func setStroke(r *canvas.Rectangle, on bool) {
	width, c := float32(0), theme.Color(theme.None)
	if on {
		width, c = theme.FocusWidth(), theme.Color(theme.Accent)
	}
	if r.StrokeWidth != width || r.StrokeColor != c {
		r.StrokeWidth, r.StrokeColor = width, c
		r.Refresh()
	}
}

func setHidden(o fyne.CanvasObject, hidden bool) {
	switch {
	case hidden && o.Visible():
		o.Hide()
	case !hidden && !o.Visible():
		o.Show()
	}
}

func setWords(line *canvas.Text, words string) {
	if line.Text != words {
		line.Text = words
		line.Refresh()
	}
}

// pillToken is what lies under a row.
func pillToken(selected, hovered bool) theme.Token {
	switch {
	case selected:
		return theme.Selection
	case hovered:
		return theme.HoverRow
	}
	return theme.None
}

// paintCheck gives a check box its colours; icon is what stands in it when on.
func paintCheck(box *canvas.Rectangle, tick *canvas.Image, icon string, on bool) {
	fill, edge := theme.None, theme.ControlEdge
	if on {
		fill, edge = theme.Fill, theme.Fill
		paintIcon(tick, icon, 12, theme.Color(theme.OnFill))
	}
	setFill(box, fill)
	if c := theme.Color(edge); box.StrokeColor != c || box.StrokeWidth != Hairline() {
		box.StrokeColor, box.StrokeWidth = c, Hairline()
		box.Refresh()
	}
}

// putCheck places a check box at the left of a row of that height.
func putCheck(box *canvas.Rectangle, tick *canvas.Image, height float32) {
	putRect(box, tablePad, (height-tableCheck)/2, tableCheck, tableCheck)
	putRect(tick, tablePad+(tableCheck-12)/2, (height-12)/2, 12, 12)
}
