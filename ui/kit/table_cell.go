package kit

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

type cellKind int

const (
	plainCell cellKind = iota
	chipCell
	barCell
	iconCell
	trailCell
)

// A Cell is what one column says of one row. Cells are values: a table
// repaints a cell only when it differs from the one shown.
type Cell struct {
	kind  cellKind
	style TextStyle
	token theme.Token
	text  string
	icon  string
	share float64
	trail virt.Trail
}

// TextCell is plain text.
func TextCell(text string) Cell { return Cell{style: BodyText, token: theme.Text, text: text} }

// NameCell is the name of the row's thing.
func NameCell(text string) Cell { return Cell{style: MediumText, token: theme.Text, text: text} }

// SmallCell is a figure or a fact.
func SmallCell(text string) Cell { return Cell{style: SmallMediumText, token: theme.Text, text: text} }

// MutedCell is text of second importance.
func MutedCell(text string) Cell { return Cell{style: SmallText, token: theme.Muted, text: text} }

// MonoCell is an address, a path or a port.
func MonoCell(text string) Cell { return Cell{style: MonoText, token: theme.Text, text: text} }

// NoCell stands where there is no value.
func NoCell() Cell { return MutedCell("–") }

// StateCell is a chip: a glyph and a word in the colour of the state.
func StateCell(word, icon string, token theme.Token) Cell {
	return Cell{kind: chipCell, style: SmallMediumText, token: token, text: word, icon: icon}
}

// UsageCell is a bar filled to share (0 to 1) with its number beside it. The
// bar warns from 75 % and alarms from 90 % on. What differs by less than a pixel
// is the same cell.
func UsageCell(share float64, text string) Cell {
	share = max(0, min(1, share))
	pixels := usageWidth * float64(Scale())
	return Cell{kind: barCell, style: SmallMediumText, token: Level(share), text: text, share: math.Ceil(share*pixels) / pixels}
}

// TrailCell is a small curve of the recent load; text says it in words.
func TrailCell(trail virt.Trail, text string) Cell {
	return Cell{kind: trailCell, style: SmallMediumText, token: theme.Accent, text: text, trail: trail}
}

// IconCell is an icon before a text, both in the colour.
func IconCell(icon, text string, token theme.Token) Cell {
	return Cell{kind: iconCell, style: SmallMediumText, token: token, text: text, icon: icon}
}

// Faded returns the cell in muted colours: what was known of a host that does
// not answer.
func (c Cell) Faded() Cell {
	c.token = theme.Muted
	return c
}

// Text returns the words of the cell.
func (c Cell) Text() string { return c.text }

// Measures inside cells.
const (
	chipHeight   = 22
	chipLeft     = 8
	chipRight    = 9
	chipGap      = 6
	usageWidth   = 60
	usageHeight  = 6
	usageGap     = 10
	trailHeight  = 22
	cellIconSize = 14
	cellIconGap  = 7
)

// cellView paints one cell of a row.
type cellView struct {
	widget.BaseWidget
	title    string // of the column
	trailing bool
	cell     Cell
	scale    float32 // that was painted for, 0 before the first cell
	line     *canvas.Text
	picture  *canvas.Image
	back     *canvas.Rectangle // of the chip, or the bar's track
	fill     *canvas.Rectangle // of the bar
	curve    *canvas.Raster    // of the trail
	plot     plot
	objects  []fyne.CanvasObject
}

func newCellView() *cellView {
	v := &cellView{line: BodyText.newText("")}
	v.objects = []fyne.CanvasObject{v.line}
	v.ExtendBaseWidget(v)
	return v
}

// show makes the view show the cell. The same cell again costs nothing.
func (v *cellView) show(title string, trailing bool, cell Cell) {
	v.title = title
	if v.scale == Scale() && v.cell == cell && v.trailing == trailing {
		return
	}
	v.cell, v.trailing, v.scale = cell, trailing, Scale()
	v.Refresh()
}

// A11y says column and value.
func (v *cellView) A11y() Node {
	return Node{Role: "table cell", Name: v.title + ": " + v.cell.text}
}

func (v *cellView) CreateRenderer() fyne.WidgetRenderer { return &cellRenderer{v} }

type cellRenderer struct{ view *cellView }

func (r *cellRenderer) Destroy()                     {}
func (r *cellRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *cellRenderer) Objects() []fyne.CanvasObject { return r.view.objects }
func (r *cellRenderer) Layout(size fyne.Size)        { r.view.layout(size) }

func (r *cellRenderer) Refresh() {
	r.view.paint()
	r.view.layout(r.view.Size())
	canvas.Refresh(r.view)
}

// paint sets colours and drawings, and makes the objects the cell needs.
func (v *cellView) paint() {
	c := v.cell
	if c.token == "" {
		return // a spare one, which has shown nothing yet
	}
	v.line.TextSize = c.style.size()
	v.line.TextStyle, v.line.FontSource = c.style.font(c.text)
	v.line.Color = theme.Color(v.wordToken())
	if c.kind == chipCell || c.kind == barCell {
		if v.back == nil {
			v.back, v.fill = newRect(0), newRect(0)
			v.fill.TopLeftCornerRadius, v.fill.BottomLeftCornerRadius = usageHeight/2, usageHeight/2
			v.objects = append([]fyne.CanvasObject{v.back, v.fill}, v.objects...)
		}
		v.back.FillColor = filling(v.backToken())
		v.fill.FillColor = theme.Color(theme.Graphic(c.token))
	}
	if v.back != nil {
		v.back.Hidden = c.kind != chipCell && c.kind != barCell
		v.fill.Hidden = c.kind != barCell || c.share == 0
	}
	v.paintTrail()
	if c.icon != "" && v.picture == nil {
		v.picture = &canvas.Image{FillMode: canvas.ImageFillContain}
		v.objects = append(v.objects, v.picture)
	}
	if v.picture != nil {
		v.picture.Hidden = c.icon == ""
		if c.icon != "" {
			paintIcon(v.picture, c.icon, v.iconSize(), theme.Color(c.token))
		}
	}
}

// paintTrail makes the curve of a trail; its words are for screen readers.
func (v *cellView) paintTrail() {
	on := v.cell.kind == trailCell
	if on && v.curve == nil {
		v.curve = canvas.NewRaster(v.drawTrail)
		v.objects = append(v.objects, v.curve)
	}
	if v.curve == nil {
		return
	}
	v.line.Hidden, v.curve.Hidden = on, !on
	if on {
		v.curve.Refresh()
	}
}

func (v *cellView) drawTrail(width, height int) image.Image {
	values := make([]float64, len(v.cell.trail))
	for i, percent := range v.cell.trail {
		values[i] = float64(percent)
		if percent == virt.NoLoad {
			values[i] = math.NaN()
		}
	}
	return v.plot.draw(width, height, 0, 100, []Series{{Values: values, Token: v.cell.token, Filled: true}})
}

func (v *cellView) wordToken() theme.Token {
	if v.cell.kind == barCell && v.cell.token != theme.Muted {
		return theme.Text
	}
	return v.cell.token
}

func (v *cellView) backToken() theme.Token {
	if v.cell.kind == barCell {
		return theme.Pressed
	}
	return theme.Tint(v.cell.token)
}

func (v *cellView) iconSize() float32 {
	if v.cell.kind == chipCell {
		return glyphSize(v.cell.icon)
	}
	return cellIconSize
}

func (v *cellView) layout(size fyne.Size) {
	if size.Width <= 0 {
		return
	}
	switch v.cell.kind {
	case chipCell:
		v.layoutChip(size)
	case barCell:
		v.layoutBar(size)
	case iconCell:
		putRect(v.picture, 0, (size.Height-cellIconSize)/2, cellIconSize, cellIconSize)
		v.layoutLine(cellIconSize+cellIconGap, size.Width, size.Height)
	case trailCell:
		putRect(v.curve, 0, (size.Height-trailHeight)/2, size.Width, trailHeight)
	default:
		v.layoutLine(0, size.Width, size.Height)
	}
}

func (v *cellView) layoutChip(size fyne.Size) {
	icon := v.iconSize()
	words := chipLeft + icon + chipGap
	used := v.layoutLine(words, size.Width-chipRight, size.Height)
	v.back.CornerRadius = chipHeight / 2
	putRect(v.back, 0, (size.Height-chipHeight)/2, words+used+chipRight, chipHeight)
	putRect(v.picture, chipLeft, (size.Height-icon)/2, icon, icon)
}

func (v *cellView) layoutBar(size fyne.Size) {
	top := (size.Height - usageHeight) / 2
	v.back.CornerRadius = usageHeight / 2
	putRect(v.back, 0, top, usageWidth, usageHeight)
	putRect(v.fill, 0, top, max(1, usageWidth*float32(v.cell.share)), usageHeight)
	v.layoutLine(usageWidth+usageGap, size.Width, size.Height)
}

// layoutLine puts the words between left and right and returns their width.
func (v *cellView) layoutLine(left, right, height float32) float32 {
	words := v.cell.style.shorten(v.cell.text, max(0, right-left))
	if v.line.Text != words {
		v.line.Text = words
	}
	size := fyne.NewSize(right-left, height)
	placeLine(v.line, size, v.trailing)
	v.line.Move(v.line.Position().AddXY(left, 0))
	return v.line.MinSize().Width
}
