package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Measures of a tree line, in units.
const (
	treeInset   = 8  // of the pill, left and right
	treePad     = 10 // left of the chevron at the top level
	treeIndent  = 16
	treeChevron = 14
	folderIcon  = 16
	treeGlyph   = 14
	factRight   = 18
)

// treeRowView shows one line of a tree.
type treeRowView struct {
	widget.BaseWidget
	tree    *TreeList
	line    treeLine
	shown   TreeItem // what is painted; its children do not matter
	closed  bool
	bound   bool
	scale   float32 // that was painted for
	hovered bool

	pill, ring, bone *canvas.Rectangle
	chevron, icon    *canvas.Image
	factIcon         *canvas.Image
	text, fact       *canvas.Text
	objects          []fyne.CanvasObject
}

func newTreeRow(t *TreeList) *treeRowView {
	picture := func() *canvas.Image { return &canvas.Image{FillMode: canvas.ImageFillContain} }
	r := &treeRowView{
		tree: t, pill: newRect(7), ring: newRect(7), bone: newRect(4),
		chevron: picture(), icon: picture(), factIcon: picture(), text: BodyText.newText(""), fact: FactText.newText(""),
	}
	r.objects = []fyne.CanvasObject{r.pill, r.ring, r.bone, r.chevron, r.icon, r.text, r.factIcon, r.fact}
	r.ExtendBaseWidget(r)
	return r
}

// bind shows the line of that index. What is the same as before costs nothing.
func (r *treeRowView) bind(index int) {
	line, closed := r.tree.lines[index], false
	if !line.loading {
		closed = r.tree.closed(line.item)
	}
	same := r.scale == Scale() && r.line.level == line.level && r.line.loading == line.loading && r.closed == closed && sameLook(r.shown, *line.item)
	if r.line.item == nil || r.shown.ID != line.item.ID {
		r.hovered = false
	}
	r.line, r.shown, r.closed, r.bound = line, *line.item, closed, true
	r.scale = Scale()
	r.mark()
	if !same {
		r.Refresh()
	}
}

// sameLook compares what is painted of two items.
func sameLook(a, b TreeItem) bool {
	return a.ID == b.ID && a.Text == b.Text && a.Icon == b.Icon && a.Token == b.Token && a.Fact == b.Fact &&
		a.FactIcon == b.FactIcon && a.FactToken == b.FactToken && a.Folder == b.Folder && a.Muted == b.Muted
}

// mark shows selection, pointer and focus.
func (r *treeRowView) mark() {
	id, t := r.shown.ID, r.tree
	selected := t.selected == id && id != "" && !r.line.loading
	setFill(r.pill, pillToken(selected, r.hovered && !r.line.loading))
	setStroke(r.ring, t.ring && t.focused && t.cursor == id && !r.line.loading)
}

func (r *treeRowView) paint() {
	if !r.bound {
		return
	}
	item := r.shown
	r.bone.FillColor = theme.Color(theme.Pressed)
	setHidden(r.bone, !r.line.loading)
	setHidden(r.chevron, r.line.loading || !item.Folder)
	setHidden(r.icon, r.line.loading || item.Icon == "")
	setHidden(r.text, r.line.loading)
	setHidden(r.fact, r.line.loading || item.Fact == "")
	setHidden(r.factIcon, r.line.loading || item.FactIcon == "")
	if r.line.loading {
		return
	}
	style, words := BodyText, theme.Text
	if item.Folder {
		style, words = MediumText, theme.Muted
	}
	if item.Muted {
		words = theme.Muted
	}
	r.text.TextStyle, r.text.FontSource = style.font(item.Text)
	r.text.Color = theme.Color(words)
	r.paintIcons(item)
	r.fact.Color = theme.Color(orMuted(item.FactToken))
}

func (r *treeRowView) paintIcons(item TreeItem) {
	if item.Folder {
		name := "chevron-down"
		if r.closed {
			name = "chevron-right"
		}
		paintIcon(r.chevron, name, treeChevron, theme.Color(theme.Muted))
	}
	if item.Icon != "" {
		token := orMuted(item.Token)
		if item.Muted {
			token = theme.Muted
		}
		paintIcon(r.icon, item.Icon, r.iconSize(), theme.Color(token))
	}
	if item.FactIcon != "" {
		paintIcon(r.factIcon, item.FactIcon, treeGlyph, theme.Color(orMuted(item.FactToken)))
	}
}

func orMuted(token theme.Token) theme.Token {
	if token == "" {
		return theme.Muted
	}
	return token
}

func (r *treeRowView) iconSize() float32 {
	if r.shown.Folder {
		return folderIcon
	}
	return glyphSize(r.shown.Icon)
}

func (r *treeRowView) layout(size fyne.Size) {
	if size.Width <= 0 || !r.bound {
		return
	}
	putRect(r.pill, treeInset, 1, size.Width-2*treeInset, size.Height-2)
	putRect(r.ring, treeInset, 1, size.Width-2*treeInset, size.Height-2)
	left := float32(treePad + r.line.level*treeIndent)
	putRect(r.chevron, left, (size.Height-treeChevron)/2, treeChevron, treeChevron)
	putRect(r.bone, left+treeIndent, (size.Height-8)/2, 90, 8)

	// Glyphs of things stand between the chevron and the icon of the folder above.
	slot, gap := float32(treeGlyph), float32(8)
	left += 10
	if r.shown.Folder {
		slot, gap = folderIcon, 6
		left += 9
	}
	side := r.iconSize()
	putRect(r.icon, left+(slot-side)/2, (size.Height-side)/2, side, side)
	left += slot + gap

	right := r.layoutFact(size)
	setWords(r.text, r.style().shorten(r.shown.Text, max(0, right-left)))
	placeLine(r.text, fyne.NewSize(right-left, size.Height), false)
	r.text.Move(r.text.Position().AddXY(Snap(left), 0))
}

func (r *treeRowView) style() TextStyle {
	if r.shown.Folder {
		return MediumText
	}
	return BodyText
}

// layoutFact places the fact and its icon and returns where they begin.
func (r *treeRowView) layoutFact(size fyne.Size) (left float32) {
	left = size.Width - factRight
	if r.shown.Fact != "" {
		setWords(r.fact, r.shown.Fact)
		width := SnapUp(r.fact.MinSize().Width)
		left -= width
		placeLine(r.fact, fyne.NewSize(width, size.Height), false)
		r.fact.Move(r.fact.Position().AddXY(Snap(left), 0))
	}
	if r.shown.FactIcon != "" {
		left -= treeGlyph + 3
		putRect(r.factIcon, left, (size.Height-treeGlyph)/2, treeGlyph, treeGlyph)
	}
	return left - 8
}

// A11y says text, state, level and fact.
func (r *treeRowView) A11y() Node {
	if r.line.loading {
		return Node{Role: "label", Name: lang.L("Loading"), States: []string{"busy"}}
	}
	n := Node{ID: r.shown.ID, Role: "tree item", Name: r.shown.Text, Description: r.shown.State, Value: r.shown.Fact, Actions: []string{"activate"}}
	n.States = []string{"selectable", "level-" + strconv.Itoa(r.line.level+1)}
	if r.shown.Folder {
		n.States = append(n.States, "expandable")
		n.States = append(n.States, when(!r.closed, "expanded")...)
	}
	n.States = append(n.States, when(r.tree.selected == r.shown.ID, "selected")...)
	n.States = append(n.States, when(r.tree.cursor == r.shown.ID, "active")...)
	return n
}

// MouseIn is part of desktop.Hoverable.
func (r *treeRowView) MouseIn(*desktop.MouseEvent) { r.hover(true) }

// MouseMoved is part of desktop.Hoverable.
func (r *treeRowView) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is part of desktop.Hoverable.
func (r *treeRowView) MouseOut() { r.hover(false) }

func (r *treeRowView) hover(on bool) {
	r.hovered = on
	r.mark()
	if on && r.text.Text != r.shown.Text && !r.line.loading {
		showTip(r, r.shown.Text, hoverDelay)
	} else {
		hideTip(r)
	}
}

// MouseDown is part of desktop.Mouseable.
func (r *treeRowView) MouseDown(e *desktop.MouseEvent) {
	hideTip(r)
	if r.line.loading {
		return
	}
	left := float32(treePad + r.line.level*treeIndent)
	onChevron := r.shown.Folder && e.Position.X >= left-4 && e.Position.X < left+treeChevron+4
	r.tree.pressed(*r.line.item, onChevron, e)
}

// MouseUp is part of desktop.Mouseable.
func (r *treeRowView) MouseUp(*desktop.MouseEvent) {}

// CreateRenderer is part of fyne.Widget.
func (r *treeRowView) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(r, func() fyne.Size { return fyne.Size{} }, r.layout, func() {
		if r.bound {
			r.mark()
		}
		r.paint()
	}, r.objects...)
}
