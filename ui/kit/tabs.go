package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// TabMark is a small sign on a page tab.
type TabMark int

// The marks.
const (
	NoMark        TabMark = iota
	UnsavedMark           // a dot: edits that are not applied
	WaitsForStart         // an hourglass: changes that come with the next start
)

// TabBar is the row of page tabs under a header. It shows the titles only; the
// page puts its parts where they belong when the choice changes.
type TabBar struct {
	control
	tabs    []*pageTab
	chosen  int
	changed func(int)
	row     *fyne.Container
	more    *Button
	line    fyne.CanvasObject
	fitting int // how many tabs are shown; the others are under "More"
}

const tabGap, tabHeight = 22, 40

// NewTabBar returns the tabs, the first one chosen. changed is called when the
// person chooses.
func NewTabBar(changed func(chosen int), titles ...string) *TabBar {
	b := &TabBar{changed: changed, row: Row(tabGap), line: HLine(), fitting: len(titles)}
	for i, title := range titles {
		b.tabs = append(b.tabs, newPageTab(b, i, title))
		b.row.Add(b.tabs[i])
	}
	b.more = Link("", lang.L("More"), func() { ShowMenuUnder(b.more, b.rest()) })
	b.more.kind, b.more.arrow, b.more.popup = quietMuted, "chevron-down", true
	b.row.Add(b.more)
	b.more.Hide()
	b.keys = b.typed
	b.noEnter = true
	b.extend(b)
	return b
}

// Chosen returns the index of the chosen tab.
func (b *TabBar) Chosen() int { return b.chosen }

// Choose moves the choice without calling anybody.
func (b *TabBar) Choose(i int) {
	if b.chosen == i {
		return
	}
	b.chosen = i
	b.Refresh()
}

// Mark puts a sign on a tab.
func (b *TabBar) Mark(i int, mark TabMark) {
	b.tabs[i].mark = mark
	b.tabs[i].Refresh()
	b.row.Refresh()
}

// Next chooses the tab that many places further, going around at the ends:
// what Ctrl+PgDn and Ctrl+PgUp do.
func (b *TabBar) Next(by int) {
	b.pick((b.chosen + by + len(b.tabs)) % len(b.tabs))
}

func (b *TabBar) pick(i int) {
	if i == b.chosen {
		return
	}
	b.Choose(i)
	if b.changed != nil {
		b.changed(i)
	}
}

func (b *TabBar) typed(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyLeft:
		b.pick(max(0, b.chosen-1))
	case fyne.KeyRight:
		b.pick(min(len(b.tabs)-1, b.chosen+1))
	case fyne.KeyHome:
		b.pick(0)
	case fyne.KeyEnd:
		b.pick(len(b.tabs) - 1)
	default:
		return false
	}
	return true
}

// rest is the menu of the tabs that do not fit.
func (b *TabBar) rest() []MenuItem {
	var items []MenuItem
	for i, t := range b.tabs {
		if !t.Visible() {
			items = append(items, MenuItem{Label: t.title, Do: func() { b.pick(i) }})
		}
	}
	return items
}

// fit hides the tabs that have no room; the chosen one always stays.
func (b *TabBar) fit(width float32) {
	total := -float32(tabGap)
	for _, t := range b.tabs {
		total += t.MinSize().Width + tabGap
	}
	overflow := width > 0 && total > width
	room := width
	if overflow {
		room -= b.more.MinSize().Width + b.tabs[b.chosen].MinSize().Width + tabGap
	}
	for i, t := range b.tabs {
		need := t.MinSize().Width + tabGap
		t.Hidden = overflow && i != b.chosen && room < need
		if overflow && i != b.chosen {
			room -= need
		}
	}
	b.more.Hidden = !overflow
}

// A11y describes the bar.
func (b *TabBar) A11y() Node {
	return Node{Role: "page tab list", Name: lang.L("Views"), Value: b.tabs[b.chosen].title}
}

// Children returns the tabs.
func (b *TabBar) Children() []fyne.CanvasObject { return []fyne.CanvasObject{b.row} }

// CreateRenderer is part of fyne.Widget.
func (b *TabBar) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(b,
		func() fyne.Size { return fyne.NewSize(b.tabs[b.chosen].MinSize().Width, tabHeight+Hairline()) },
		func(s fyne.Size) {
			b.fit(s.Width)
			putRect(b.line, 0, s.Height-Hairline(), s.Width, Hairline())
			b.row.Resize(fyne.NewSize(s.Width, tabHeight))
			b.row.Layout.Layout(b.row.Objects, b.row.Size())
		},
		func() {
			for _, t := range b.tabs {
				t.Refresh()
			}
		},
		b.line, b.row)
}

// pageTab is one title. The focus belongs to the bar, which is one tab stop.
type pageTab struct {
	pressable
	bar   *TabBar
	index int
	title string
	mark  TabMark
	text  *canvas.Text
	under *canvas.Rectangle
	sign  *Icon
	edge  *canvas.Rectangle
}

func newPageTab(b *TabBar, index int, title string) *pageTab {
	t := &pageTab{bar: b, index: index, title: title, text: MediumText.newText(title), under: newRect(1), sign: NewIcon("hourglass", 12, theme.Warn), edge: newRing(4)}
	t.act = func() {
		b.focusByMouse()
		b.pick(index)
	}
	t.extend(t)
	return t
}

func (t *pageTab) A11y() Node {
	n := Node{Role: "page tab", Name: t.title, States: when(t.index == t.bar.chosen, "selected"), Actions: []string{"click"}}
	switch t.mark {
	case UnsavedMark:
		n.Description = lang.L("Not saved")
	case WaitsForStart:
		n.Description = lang.L("Waits for the next start")
	}
	return n
}

func (t *pageTab) signWidth() float32 {
	switch t.mark {
	case UnsavedMark:
		return 14
	case WaitsForStart:
		return 16
	}
	return 0
}

func (t *pageTab) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(t,
		func() fyne.Size {
			return fyne.NewSize(SnapUp(MediumText.measure(t.title).Width)+t.signWidth(), tabHeight)
		},
		func(s fyne.Size) {
			placeLine(t.text, s, false)
			t.text.Move(fyne.NewPos(t.signWidth(), t.text.Position().Y))
			putRect(t.under, 0, s.Height-2, s.Width, 2)
			putRect(t.sign, 0, (s.Height-12)/2, 12, 12)
			placeRing(t.edge, -2, 9, s.Width+4, s.Height-18)
		}, t.paint, t.sign, t.text, t.under, t.edge)
}

func (t *pageTab) paint() {
	chosen := t.index == t.bar.chosen
	words := theme.Muted
	if chosen || t.hovered {
		words = theme.Text
	}
	t.text.Text, t.text.Color = t.title, theme.Color(words)
	paintRect(t.under, theme.Accent, theme.None)
	t.under.Hidden = !chosen
	t.sign.Hidden = t.mark == NoMark
	if t.mark == UnsavedMark {
		t.sign.size = 7
		t.sign.SetIcon("st-run")
	} else {
		t.sign.size = 12
		t.sign.SetIcon("hourglass")
	}
	paintRing(t.edge, chosen && t.bar.visible)
}
