package kit

import (
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

const (
	menuPadding  = 6
	menuMinWidth = 180
	menuMaxRows  = 10 // of a list of choices; then it scrolls
)

// menuPanel is the card with the rows. It holds the keyboard for all of them.
type menuPanel struct {
	widget.BaseWidget
	menu    *Menu
	parent  *menuPanel
	rows    []*menuRow // without the lines
	list    *fyne.Container
	scroll  *container.Scroll
	card    *fyne.Container
	current int // the row that Enter chooses; -1 for none
	width   float32
	maxRows int
	place   func(room, size fyne.Size) fyne.Position
	typed   typeAhead
}

func newMenuPanel(m *Menu, parent *menuPanel, items []MenuItem, width float32) *menuPanel {
	p := &menuPanel{menu: m, parent: parent, current: -1, width: width, list: Col(0)}
	for _, item := range items {
		if item.Line {
			p.list.Add(Pad(5, 2, 5, 2, HLine()))
			continue
		}
		row := newMenuRow(p, item)
		p.rows = append(p.rows, row)
		p.list.Add(row)
	}
	p.current = chosenOf(p.rows)
	p.scroll = container.NewVScroll(p.list)
	p.card = raised(10, PadAll(menuPadding, p.scroll))
	p.ExtendBaseWidget(p)
	p.mark()
	return p
}

// chosenOf is the row of a list of choices that is chosen, or -1. A menu of
// actions of which one is ticked is no such list.
func chosenOf(rows []*menuRow) int {
	chosen := -1
	for i, row := range rows {
		switch {
		case row.item.Danger:
			return -1
		case row.item.Checked && chosen >= 0:
			return -1
		case row.item.Checked:
			chosen = i
		}
	}
	return chosen
}

// wanted is the size the panel has in that room: as high as its rows or the
// window, whichever is less.
func (p *menuPanel) wanted(room fyne.Size) fyne.Size {
	size := minSize(p.list)
	if p.maxRows > 0 && len(p.rows) > p.maxRows {
		size.Height = p.rowTop(p.rows[p.maxRows]) - menuPadding
	}
	width := max(p.width, menuMinWidth, size.Width+2*menuPadding)
	height := min(size.Height+2*menuPadding, room.Height-2*menuMargin)
	return fyne.NewSize(SnapUp(width), SnapUp(height))
}

// rowTop is the distance of a row from the top edge of the panel.
func (p *menuPanel) rowTop(row *menuRow) float32 {
	p.list.Layout.Layout(p.list.Objects, minSize(p.list).Max(fyne.NewSize(p.list.Size().Width, 0)))
	return menuPadding + row.Position().Y - p.scroll.Offset.Y
}

// A11y describes the menu.
func (p *menuPanel) A11y() Node { return Node{Role: "menu", Name: lang.L("Menu")} }

// Children returns the rows.
func (p *menuPanel) Children() []fyne.CanvasObject { return []fyne.CanvasObject{p.card} }

// MouseDown takes clicks between the rows, so that they do not close the menu.
func (p *menuPanel) MouseDown(*desktop.MouseEvent) {}

// MouseUp is part of desktop.Mouseable.
func (p *menuPanel) MouseUp(*desktop.MouseEvent) {}

// FocusGained is part of fyne.Focusable.
func (p *menuPanel) FocusGained() {}

// FocusLost is part of fyne.Focusable.
func (p *menuPanel) FocusLost() {}

// TypedRune jumps to the next item that begins with what was typed.
func (p *menuPanel) TypedRune(r rune) {
	top := p.menu.last()
	prefix, again := top.typed.add(r, time.Now())
	from := top.current
	if !again {
		from--
	}
	for n := range top.rows {
		i := (from + 1 + n + len(top.rows)) % len(top.rows)
		if strings.HasPrefix(strings.ToLower(top.rows[i].item.Label), prefix) && !top.rows[i].item.isOff() {
			top.point(i)
			return
		}
	}
}

// TypedKey moves, chooses, opens and closes.
func (p *menuPanel) TypedKey(e *fyne.KeyEvent) {
	top := p.menu.last()
	switch e.Name {
	case fyne.KeyDown:
		top.step(top.current, 1)
	case fyne.KeyUp:
		if top.current < 0 {
			top.current = len(top.rows)
		}
		top.step(top.current, -1)
	case fyne.KeyHome:
		top.step(-1, 1)
	case fyne.KeyEnd:
		top.step(len(top.rows), -1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		top.choose()
	case fyne.KeyRight:
		top.enterSub()
	case fyne.KeyLeft:
		if top.parent != nil {
			p.menu.closeBelow(top.parent)
		}
	case fyne.KeyEscape:
		if top.parent != nil {
			p.menu.closeBelow(top.parent)
			return
		}
		p.menu.Close()
	}
}

// step points at the next row in that direction that can be chosen, going
// around at the ends.
func (p *menuPanel) step(from, by int) {
	for range p.rows {
		from = (from + by + len(p.rows)) % len(p.rows)
		if !p.rows[from].item.isOff() {
			p.point(from)
			return
		}
	}
}

func (p *menuPanel) point(i int) {
	p.current = i
	p.mark()
	if i < 0 {
		return
	}
	row := p.rows[i]
	if top := row.Position().Y; top < p.scroll.Offset.Y {
		p.scroll.ScrollToOffset(fyne.NewPos(0, top))
	} else if bottom := top + row.Size().Height; bottom > p.scroll.Offset.Y+p.scroll.Size().Height {
		p.scroll.ScrollToOffset(fyne.NewPos(0, bottom-p.scroll.Size().Height))
	}
}

func (p *menuPanel) mark() {
	for i, r := range p.rows {
		r.setCurrent(i == p.current)
	}
}

func (p *menuPanel) choose() {
	if p.current < 0 || p.rows[p.current].item.isOff() {
		return
	}
	if row := p.rows[p.current]; len(row.item.Sub) > 0 {
		p.enterSub()
	} else {
		p.menu.choose(row.item)
	}
}

// enterSub opens the submenu of the current row and points at its first item.
func (p *menuPanel) enterSub() {
	if p.current < 0 || len(p.rows[p.current].item.Sub) == 0 || p.rows[p.current].item.isOff() {
		return
	}
	p.menu.openSub(p, p.rows[p.current])
	p.menu.last().step(-1, 1)
}

// CreateRenderer is part of fyne.Widget.
func (p *menuPanel) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(p, func() fyne.Size { return minSize(p.card) }, func(s fyne.Size) { p.card.Resize(s) }, func() {}, p.card)
}

// menuRow is one item.
type menuRow struct {
	pressable
	panel   *menuPanel
	item    MenuItem
	current bool
	back    *Box
	icon    *Icon
	label   *Text
	content *fyne.Container
}

func newMenuRow(p *menuPanel, item MenuItem) *menuRow {
	r := &menuRow{panel: p, item: item, back: NewBox(theme.None, theme.None, 6)}
	r.disabled, r.reason = item.isOff(), item.Disabled
	r.act = r.chosen
	words, icon := r.tokens()
	r.label = NewText(BodyText, item.Label).In(words)
	r.content = Row(10)
	if item.Icon != "" {
		r.icon = NewIcon(item.Icon, 16, icon)
		r.content.Add(r.icon)
	}
	r.content.Add(Grow(r.words()))
	r.content.Add(r.tail(icon))
	r.extend(r)
	return r
}

func (r *menuRow) words() fyne.CanvasObject {
	if r.item.Help == "" {
		return r.label
	}
	return Col(1, r.label, NewText(SmallText, r.item.Help))
}

// tail is what stands at the right: a shortcut, a tick, the arrow of a submenu.
func (r *menuRow) tail(icon theme.Token) fyne.CanvasObject {
	switch {
	case len(r.item.Sub) > 0:
		return NewIcon("chevron-right", 14, icon)
	case r.item.Checked:
		return NewIcon("check", 14, theme.Accent)
	}
	return Pad(0, 0, 0, 14, NewText(FactText, keysNow(r.item.Shortcut)))
}

func (r *menuRow) tokens() (words, icon theme.Token) {
	switch {
	case r.item.isOff():
		return theme.Disabled, theme.DisabledMuted
	case r.item.Danger:
		return theme.Err, theme.Err
	}
	return theme.Text, theme.Muted
}

func (r *menuRow) chosen() {
	if len(r.item.Sub) > 0 {
		r.panel.menu.openSub(r.panel, r)
		return
	}
	r.panel.menu.choose(r.item)
}

// MouseIn points at the row and opens its submenu.
func (r *menuRow) MouseIn(e *desktop.MouseEvent) {
	r.pressable.MouseIn(e)
	for i, row := range r.panel.rows {
		if row == r && !r.disabled {
			r.panel.point(i)
		}
	}
	r.panel.menu.closeBelow(r.panel)
	if len(r.item.Sub) > 0 && !r.disabled {
		r.panel.menu.openSub(r.panel, r)
	}
}

func (r *menuRow) setCurrent(current bool) {
	if r.current == current {
		return
	}
	r.current = current
	r.Refresh()
}

// A11y describes the item.
func (r *menuRow) A11y() Node {
	n := Node{Role: "menu item", Name: r.item.Label, Description: r.item.Help, Actions: []string{"click"}}
	if r.item.Disabled != "" {
		n.Description = r.item.Disabled
	}
	n.States = append(when(r.item.Checked, "checked"), when(r.current, "selected")...)
	n.States = append(n.States, when(len(r.item.Sub) > 0, "has popup")...)
	return n
}

// CreateRenderer is part of fyne.Widget.
func (r *menuRow) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(r, r.min, r.layout, r.paint, r.back, r.content)
}

func (r *menuRow) min() fyne.Size {
	height := float32(32)
	if r.item.Help != "" {
		height = 44
	}
	return fyne.NewSize(minSize(r.content).Width+16, height)
}

func (r *menuRow) layout(size fyne.Size) {
	r.back.Resize(size)
	putRect(r.content, 8, 0, size.Width-16, size.Height)
}

func (r *menuRow) paint() {
	fill := theme.None
	if r.current {
		fill = theme.Pressed
	}
	r.back.SetColors(fill, theme.None)
}

// typeAhead collects letters typed one after the other.
type typeAhead struct {
	letters []rune
	last    time.Time
}

// typeAheadPause ends a word.
const typeAheadPause = 900 * time.Millisecond

// add returns what was typed, and whether the search goes on behind the
// current item: a new word does, also the same letter again.
func (t *typeAhead) add(r rune, now time.Time) (prefix string, further bool) {
	r = unicode.ToLower(r)
	fresh := now.Sub(t.last) > typeAheadPause
	t.last = now
	same := len(t.letters) == 1 && t.letters[0] == r
	if fresh || same {
		t.letters = []rune{r}
		return string(t.letters), true
	}
	t.letters = append(t.letters, r)
	return string(t.letters), len(t.letters) == 1
}
