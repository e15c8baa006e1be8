package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// WorkTab is one open thing.
type WorkTab struct {
	ID    string
	Icon  string
	Token theme.Token // of the icon when it is a state glyph; empty follows the tab
	Name  string
}

// WorkTabs is the bar of open things above the page.
type WorkTabs struct {
	control
	// OnChoose, OnClose and OnAdd are called when the person asks for it.
	OnChoose func(id string)
	OnClose  func(id string)
	OnAdd    func()

	tabs   []*workTab
	chosen string
	row    *fyne.Container
	back   *Box
	line   fyne.CanvasObject
	add    *Button
}

const workTabHeight = 38

// NewWorkTabs returns an empty bar.
func NewWorkTabs() *WorkTabs {
	w := &WorkTabs{row: Row(0), back: NewBox(theme.Side, theme.None, 0), line: HLine()}
	w.add = IconButton("plus", lang.L("Open another"), func() {
		if w.OnAdd != nil {
			w.OnAdd()
		}
	})
	w.noEnter = true
	w.keys = w.typed
	w.extend(w)
	return w
}

// SetTabs replaces the tabs. chosen is the ID of the one whose page is shown.
func (w *WorkTabs) SetTabs(tabs []WorkTab, chosen string) {
	w.tabs, w.chosen, w.row.Objects = nil, chosen, nil
	for _, tab := range tabs {
		t := newWorkTab(w, tab)
		w.tabs = append(w.tabs, t)
		w.row.Objects = append(w.row.Objects, t, Sized(Hairline(), workTabHeight, VLine()))
	}
	w.row.Objects = append(w.row.Objects, Pad(0, 0, 0, 6, w.add))
	w.row.Refresh()
	w.Refresh()
}

func (w *WorkTabs) typed(e *fyne.KeyEvent) bool {
	at := 0
	for i, t := range w.tabs {
		if t.tab.ID == w.chosen {
			at = i
		}
	}
	switch {
	case e.Name == fyne.KeyLeft && at > 0:
		w.choose(w.tabs[at-1].tab.ID)
	case e.Name == fyne.KeyRight && at+1 < len(w.tabs):
		w.choose(w.tabs[at+1].tab.ID)
	case e.Name == fyne.KeyDelete && len(w.tabs) > 0:
		w.closeTab(w.chosen)
	default:
		return false
	}
	return true
}

func (w *WorkTabs) choose(id string) {
	if w.OnChoose != nil && id != w.chosen {
		w.OnChoose(id)
	}
}

func (w *WorkTabs) closeTab(id string) {
	if w.OnClose != nil {
		w.OnClose(id)
	}
}

// A11y describes the bar.
func (w *WorkTabs) A11y() Node { return Node{Role: "page tab list", Name: lang.L("Open things")} }

// Children returns the tabs.
func (w *WorkTabs) Children() []fyne.CanvasObject { return []fyne.CanvasObject{w.row} }

// CreateRenderer is part of fyne.Widget.
func (w *WorkTabs) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(w,
		func() fyne.Size { return fyne.NewSize(0, workTabHeight+Hairline()) },
		func(s fyne.Size) {
			w.back.Resize(s)
			w.row.Resize(fyne.NewSize(s.Width, workTabHeight))
			putRect(w.line, 0, workTabHeight, s.Width, Hairline())
		},
		func() {
			for _, t := range w.tabs {
				t.Refresh()
			}
		},
		w.back, w.line, w.row)
}

// workTab is one tab: icon, name, a cross.
type workTab struct {
	pressable
	bar   *WorkTabs
	tab   WorkTab
	back  *canvas.Rectangle
	top   *canvas.Rectangle
	icon  *Icon
	name  *Text
	close *Button
	row   *fyne.Container
	edge  *canvas.Rectangle
}

const workTabNameWidth = 168 // about 24 letters

func newWorkTab(w *WorkTabs, tab WorkTab) *workTab {
	t := &workTab{bar: w, tab: tab, back: newRect(0), top: newRect(0), edge: newRing(4)}
	t.icon = NewIcon(tab.Icon, 14, theme.Muted)
	t.name = NewText(SmallMediumText, tab.Name).Shorten()
	t.close = IconButton("x", lang.L("Close {{.Name}}", map[string]any{"Name": tab.Name}), func() { w.closeTab(tab.ID) })
	t.close.height = 20
	width := min(workTabNameWidth, SnapUp(SmallMediumText.measure(tab.Name).Width))
	t.row = Row(8, t.icon, Width(width, t.name), t.close)
	t.act = func() {
		w.focusByMouse()
		w.choose(tab.ID)
	}
	t.extend(t)
	return t
}

// MouseUp closes the tab with the middle button.
func (t *workTab) MouseUp(e *desktop.MouseEvent) {
	t.pressable.MouseUp(e)
	if e.Button == desktop.MouseButtonTertiary {
		t.bar.closeTab(t.tab.ID)
	}
}

func (t *workTab) A11y() Node {
	return Node{Role: "page tab", ID: t.tab.ID, Name: t.tab.Name, States: when(t.tab.ID == t.bar.chosen, "selected"), Actions: []string{"click"}}
}

// Children returns the cross.
func (t *workTab) Children() []fyne.CanvasObject { return []fyne.CanvasObject{t.row} }

func (t *workTab) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(t,
		func() fyne.Size { return fyne.NewSize(minSize(t.row).Width+22, workTabHeight) },
		func(s fyne.Size) {
			t.back.Resize(s)
			putRect(t.top, 0, 0, s.Width, 2)
			putRect(t.row, 14, 0, s.Width-22, s.Height)
			placeRing(t.edge, 4, 6, s.Width-8, s.Height-12)
		}, t.paint, t.back, t.top, t.row, t.edge)
}

func (t *workTab) paint() {
	chosen := t.tab.ID == t.bar.chosen
	words, fill := theme.Muted, theme.None
	switch {
	case chosen:
		words, fill = theme.Text, theme.Back
	case t.hovered:
		words, fill = theme.Text, theme.HoverRow
	}
	paintRect(t.back, fill, theme.None)
	paintRect(t.top, theme.Accent, theme.None)
	t.top.Hidden = !chosen
	t.name.SetToken(words)
	if t.tab.Token != "" {
		words = t.tab.Token
	}
	t.icon.SetToken(words)
	paintRing(t.edge, chosen && t.bar.visible)
}
