package kit

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Series is one curve. Values are evenly spaced, the newest last; NaN is a gap.
// Only the first series of a chart should be filled.
type Series struct {
	Values []float64
	Token  theme.Token
	Filled bool
}

// LineChart draws curves over a few grid lines. With OnPoint it has a
// crosshair that follows the pointer, and Left and Right.
type LineChart struct {
	control

	// OnPoint names the values at an index, such as "14:02 · 38 %".
	OnPoint func(index int) string

	name, summary string
	grid          int
	min           fyne.Size
	top           float64
	series        []Series
	raster        *canvas.Raster
	plot          plot
	cross         *canvas.Rectangle
	label         *Text
	plate         *Box
	edge          *canvas.Rectangle
	at            int // index under the crosshair, -1 for none
}

// NewLineChart returns an empty chart with that many spaces between grid lines.
func NewLineChart(name string, grid int) *LineChart {
	c := &LineChart{name: name, grid: grid, min: fyne.NewSize(40, 60), top: 1, at: -1,
		cross: newRect(0), label: NewText(FactText, "").In(theme.Text), plate: NewBox(theme.Overlay, theme.OverlayEdge, 5), edge: newRing(4)}
	c.raster = canvas.NewRaster(c.draw)
	c.noEnter = true
	c.keys = c.typed
	c.extend(c)
	return c
}

// NewSparkline returns a small chart without grid, for rows and tiles.
func NewSparkline(name string) *LineChart {
	c := NewLineChart(name, 0)
	c.min = fyne.NewSize(60, 20)
	return c
}

// Plot draws the series. top is the value at the upper edge.
func (c *LineChart) Plot(top float64, series ...Series) {
	c.top, c.series = top, series
	if c.top <= 0 {
		c.top = 1
	}
	c.Refresh()
}

// Describe says the curves in words, for screen readers.
func (c *LineChart) Describe(summary string) { c.summary = summary }

// Disabled keeps the chart out of the focus order when it has no crosshair.
func (c *LineChart) Disabled() bool { return c.OnPoint == nil }

// A11y describes the chart.
func (c *LineChart) A11y() Node {
	return Node{Role: "image", Name: c.name, Description: c.summary, Value: c.label.Words()}
}

// CreateRenderer is part of fyne.Widget.
func (c *LineChart) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(c, func() fyne.Size { return c.min }, c.layout, c.paint, c.raster, c.cross, c.plate, c.label, c.edge)
}

func (c *LineChart) paint() {
	paintRect(c.cross, theme.Muted, theme.None)
	paintRing(c.edge, c.visible)
	c.showCross()
}

func (c *LineChart) layout(size fyne.Size) {
	putRect(c.raster, 0, 0, size.Width, size.Height)
	placeRing(c.edge, 0, 0, size.Width, size.Height)
	if c.at < 0 {
		return
	}
	x := size.Width * float32(c.at) / float32(max(1, c.points()-1))
	putRect(c.cross, min(x, size.Width-1), 0, Hairline(), size.Height)
	m := minSize(c.label)
	left := max(0, min(x+8, size.Width-m.Width-12))
	putRect(c.plate, left, 2, m.Width+12, 20)
	putRect(c.label, left+6, 2, m.Width, 20)
}

func (c *LineChart) points() int {
	n := 0
	for _, s := range c.series {
		n = max(n, len(s.Values))
	}
	return n
}

func (c *LineChart) draw(width, height int) image.Image {
	return c.plot.draw(width, height, c.grid, c.top, c.series)
}

// showCross names the values under the crosshair, or hides it.
func (c *LineChart) showCross() {
	on := c.at >= 0 && c.at < c.points() && c.OnPoint != nil
	if on {
		c.label.SetText(c.OnPoint(c.at))
	} else {
		c.label.SetText("")
	}
	c.cross.Hidden, c.plate.Hidden, c.label.Hidden = !on, !on, !on
}

// moveCross puts the crosshair at an index; the curves are not drawn again.
func (c *LineChart) moveCross(at int) {
	if at == c.at || c.OnPoint == nil {
		return
	}
	c.at = at
	c.showCross()
	c.layout(c.Size())
	c.cross.Refresh()
}

// MouseMoved moves the crosshair.
func (c *LineChart) MouseMoved(e *desktop.MouseEvent) {
	if n := c.points(); n > 1 && c.Size().Width > 0 {
		at := math.Round(float64(e.Position.X / c.Size().Width * float32(n-1)))
		c.moveCross(max(0, min(n-1, int(at))))
	}
}

// MouseIn shows the crosshair.
func (c *LineChart) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseOut hides it.
func (c *LineChart) MouseOut() { c.moveCross(-1) }

func (c *LineChart) typed(e *fyne.KeyEvent) bool {
	n := c.points()
	switch {
	case n == 0:
		return false
	case e.Name == fyne.KeyLeft && c.at < 0:
		c.moveCross(n - 1)
	case e.Name == fyne.KeyLeft:
		c.moveCross(max(0, c.at-1))
	case e.Name == fyne.KeyRight:
		c.moveCross(min(n-1, c.at+1))
	default:
		return false
	}
	return true
}
