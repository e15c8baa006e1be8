package vnc

import (
	"image"
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"github.com/kvmmanager/kvm-manager/vnc/vt"
)

// maxStrange bounds the objects for characters that the font lacks.
const maxStrange = 2000

// A terminalRenderer has one raster, and a text over it for each character that
// the theme's monospaced font lacks.
type terminalRenderer struct {
	terminal *Terminal
	raster   *canvas.Raster
	texts    []*canvas.Text
	objects  []fyne.CanvasObject

	picture  terminalPicture
	extent   fyne.Size     // of the widget
	resource fyne.Resource // of picture.font
	size     float64       // of picture.font, in pixels

	// mu is for Fyne's test driver, whose fyne.Do runs on any goroutine.
	mu sync.Mutex
}

func newTerminalRenderer(t *Terminal) *terminalRenderer {
	r := &terminalRenderer{terminal: t}
	r.raster = canvas.NewRaster(r.generate)
	r.raster.ScaleMode = canvas.ImageScalePixels
	r.objects = []fyne.CanvasObject{r.raster}
	return r
}

// Layout gives the raster a whole number of pixels.
func (r *terminalRenderer) Layout(size fyne.Size) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.extent = size
	r.update()
}

// MinSize is how small it may become.
func (r *terminalRenderer) MinSize() fyne.Size { return minimum }

// Refresh paints what changed.
func (r *terminalRenderer) Refresh() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.update()
	canvas.Refresh(r.raster)
}

func (r *terminalRenderer) update() {
	density := r.terminal.density()
	w, h := int(r.extent.Width*density), int(r.extent.Height*density)
	if w <= 0 || h <= 0 {
		return
	}
	if size := fyne.NewSize(float32(w)/density, float32(h)/density); r.raster.Size() != size {
		r.raster.Resize(size)
	}
	r.paint(w, h, density)
	r.showStrange(density)
}

// paint brings the picture up to date.
func (r *terminalRenderer) paint(w, h int, density float32) {
	resource := theme.DefaultTextMonospaceFont()
	if th := fyne.CurrentApp().Settings().Theme(); th != nil {
		resource = th.Font(fyne.TextStyle{Monospace: true})
	}
	size := float64(theme.TextSize() * density)
	if r.picture.font == nil || r.resource != resource || r.size != size {
		font, err := newTerminalFont(resource, size)
		if err != nil {
			fyne.LogError("the monospaced font cannot be read", err)
			return
		}
		r.picture = terminalPicture{font: font, pad: int(terminalPad * density)}
		r.resource, r.size = resource, size
	}
	r.terminal.mu.Lock()
	resized := r.picture.paint(r.terminal, w, h)
	r.terminal.mu.Unlock()
	if resized && r.terminal.OnResize != nil {
		r.terminal.OnResize()
	}
}

// showStrange puts texts where characters are that the font lacks.
func (r *terminalRenderer) showStrange(density float32) {
	n := 0
	for y := range r.picture.rows {
		for _, g := range r.picture.rows[y].strange {
			if n == maxStrange {
				break
			}
			if n == len(r.texts) {
				text := canvas.NewText("", color.White)
				text.TextStyle.Monospace = true
				r.texts = append(r.texts, text)
			}
			placeStrange(r.texts[n], g, density)
			n++
		}
	}
	if len(r.objects) != n+1 {
		r.objects = append(r.objects[:0:0], r.raster)
		for _, text := range r.texts[:n] {
			r.objects = append(r.objects, text)
		}
	}
}

// placeStrange puts a character into the middle of its cell, on whole pixels.
func placeStrange(text *canvas.Text, g strangeGlyph, density float32) {
	if size := theme.TextSize(); text.Text != g.text || text.Color != color.Color(g.color) || text.TextSize != size {
		text.Text, text.Color, text.TextSize = g.text, g.color, size
		text.Resize(text.MinSize())
		text.Refresh()
	}
	size := text.Size()
	x := g.cell.Min.X + (g.cell.Dx()-int(size.Width*density))/2
	y := g.cell.Min.Y + (g.cell.Dy()-int(size.Height*density))/2
	text.Move(fyne.NewPos(float32(x)/density, float32(y)/density))
}

func (r *terminalRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *terminalRenderer) Destroy() {}

// generate hands the picture to OpenGL, which reads it after this has returned:
// only Fyne's goroutine paints.
func (r *terminalRenderer) generate(w, h int) image.Image {
	if t := r.terminal; t.native.reach(t.canvas()) {
		t.painter.suit(t.native.renderer())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.picture.image == nil || r.picture.image.Rect.Size() != image.Pt(w, h) {
		r.paint(w, h, r.terminal.density())
	}
	if r.picture.image == nil {
		return image.NewRGBA(image.Rect(0, 0, max(1, w), max(1, h)))
	}
	return r.picture.image
}

// placeAt returns the cell at a position of the widget, and the boundary between
// cells that is nearest; the caller holds t.mu.
func (t *Terminal) placeAt(at fyne.Position) (cell, edge vt.Point) {
	size := t.cell
	if size.X == 0 {
		return cell, edge
	}
	density := t.density()
	x, y := int(at.X*density)-t.pad, int(at.Y*density)-t.pad
	columns, rows := t.term.Size()
	line := t.firstShown() + max(0, min(floorDiv(y, size.Y), rows-1))
	if t.term.Row(line).Size != vt.SingleSize {
		size.X *= 2
	}
	cell = vt.Point{Line: line, Col: max(0, min(floorDiv(x, size.X), columns-1))}
	edge = vt.Point{Line: line, Col: max(0, min(floorDiv(x+size.X/2, size.X), columns))}
	return cell, edge
}

func floorDiv(a, b int) int {
	if a < 0 {
		return -1
	}
	return a / b
}
