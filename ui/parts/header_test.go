package parts

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// A watched chip counts how often it was painted anew.
type watched struct {
	widget.BaseWidget
	box     *canvas.Rectangle
	painted int
}

func (w *watched) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(w.box) }

func (w *watched) Refresh() { w.painted++ }

func (w *watched) MinSize() fyne.Size { return w.box.MinSize() }

func TestAHeaderIsLaidOutAgainOnlyWhenSomethingHasAnotherSize(t *testing.T) {
	test.NewTempApp(t)
	chip := &watched{box: canvas.NewRectangle(nil)}
	chip.ExtendBaseWidget(chip)
	chip.box.SetMinSize(fyne.NewSize(40, 20))
	h := NewHeader("web", chip)
	h.Refit()
	chip.painted = 0

	h.SetTitle("web")
	h.Refit()
	if chip.painted != 0 {
		t.Errorf("a header that is as it was was painted %d times", chip.painted)
	}
	for _, c := range []struct {
		what   string
		change func()
	}{
		{"a wider chip", func() { chip.box.SetMinSize(fyne.NewSize(60, 20)) }},
		{"more buttons", func() { h.row.Objects = append(h.row.Objects, canvas.NewRectangle(nil)) }},
		{"a hidden chip", func() { chip.Hide() }},
	} {
		c.change()
		chip.painted = 0
		h.Refit()
		if chip.painted == 0 {
			t.Errorf("after %s the header was not laid out", c.what)
		}
	}
	chip.painted = 0
	if h.SetTitle("db"); chip.painted == 0 {
		t.Error("after another title the header was not laid out")
	}
}
