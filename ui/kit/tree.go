package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A TreeItem is one line of a TreeList with what is under it.
type TreeItem struct {
	ID   string
	Text string
	// Icon stands before the text: a state glyph or any icon, in its colour.
	Icon  string
	Token theme.Token
	// State is the word for what the icon shows, for screen readers.
	State string
	// Fact stands muted at the right: a count, a load. FactToken gives it a
	// colour, FactIcon an icon before it ("Offline").
	Fact      string
	FactIcon  string
	FactToken theme.Token
	// Folder items hold others, even if none now: they have a chevron.
	Folder bool
	// Closed folders are shown closed until a person opens them.
	Closed bool
	// Muted greys the line: a host that does not answer.
	Muted bool
	// Loading shows a grey line under an open folder until its items are known.
	Loading  bool
	Children []TreeItem
}

// TreeSpec says what a TreeList does. Hooks that are nil are not offered.
type TreeSpec struct {
	// Name is what screen readers call the list.
	Name string
	// Selected hears which item is shown now; OpenNew which one is wanted in a
	// tab of its own (double click, middle click, Ctrl+Enter).
	Selected func(TreeItem)
	OpenNew  func(TreeItem)
	// Menu shows the context menu of the item at a place of the canvas.
	Menu func(item TreeItem, at fyne.Position)
	// Rename and Delete are behind F2 and Delete.
	Rename func(TreeItem)
	Delete func(TreeItem)
	// Folded hears which folder a person has opened or closed.
	Folded func(id string, closed bool)
}

// treeLine is a line of the flattened tree.
type treeLine struct {
	item    *TreeItem
	level   int
	parent  int  // index of the line it is under, -1 at the top
	loading bool // stands for items that are not known yet
}

// TreeList shows a tree of which one item is selected. It is laid flat: what
// it costs depends on the lines that can be seen.
type TreeList struct {
	widget.BaseWidget
	spec     TreeSpec
	items    []TreeItem
	lines    []treeLine
	place    map[string]int // line of each item that is shown
	folded   map[string]bool
	selected string
	cursor   string
	focused  bool
	ring     bool
	held     shiftKey
	click    clickTimer
	ahead    typeAhead
	list     *rowList
}

// treeRow is the height of a line.
const treeRow = 30

// NewTreeList returns an empty tree.
func NewTreeList(spec TreeSpec) *TreeList {
	t := &TreeList{spec: spec, place: map[string]int{}, folded: map[string]bool{}, ring: true}
	t.list = newRowList(treeRow, func() rowWidget { return newTreeRow(t) })
	t.ExtendBaseWidget(t)
	return t
}

// SetItems shows these items instead. What a person opened or closed stays so,
// and the selection stays with its item.
func (t *TreeList) SetItems(items []TreeItem) {
	t.items = slices.Clone(items)
	t.flatten()
}

// Select makes the item selected without calling Selected; folders above it
// are opened. An unknown ID, such as "", selects nothing.
func (t *TreeList) Select(id string) {
	t.reveal(t.items, id)
	t.selected, t.cursor = id, id
	t.flatten()
	if at, ok := t.place[id]; ok {
		t.list.show(at)
	}
}

// SelectedID returns the ID of the selected item.
func (t *TreeList) SelectedID() string { return t.selected }

// Fold opens or closes a folder.
func (t *TreeList) Fold(id string, closed bool) {
	t.folded[id] = closed
	t.flatten()
	if t.spec.Folded != nil {
		t.spec.Folded(id, closed)
	}
}

// reveal opens the folders above the item and says whether it is under items.
func (t *TreeList) reveal(items []TreeItem, id string) bool {
	for i := range items {
		if items[i].ID == id {
			return true
		}
		if t.reveal(items[i].Children, id) {
			t.folded[items[i].ID] = false
			return true
		}
	}
	return false
}

func (t *TreeList) closed(item *TreeItem) bool {
	if closed, chosen := t.folded[item.ID]; chosen {
		return closed
	}
	return item.Closed
}

// flatten lists the lines that are not inside closed folders.
func (t *TreeList) flatten() {
	was := t.place[t.cursor]
	t.lines, t.place = t.lines[:0], make(map[string]int, len(t.lines))
	t.add(t.items, 0, -1)
	if _, shown := t.place[t.cursor]; !shown && t.cursor != "" && len(t.lines) > 0 {
		t.cursor = t.lines[min(was, len(t.lines)-1)].item.ID
	}
	t.list.count = min(t.list.count, len(t.lines))
	t.list.setCount(len(t.lines))
}

func (t *TreeList) add(items []TreeItem, level, parent int) {
	for i := range items {
		item := &items[i]
		at := len(t.lines)
		t.place[item.ID] = at
		t.lines = append(t.lines, treeLine{item: item, level: level, parent: parent})
		if !item.Folder || t.closed(item) {
			continue
		}
		if item.Loading && len(item.Children) == 0 {
			t.lines = append(t.lines, treeLine{item: item, level: level + 1, parent: at, loading: true})
		}
		t.add(item.Children, level+1, at)
	}
}

// A11y describes the tree; only the visible lines are under it.
func (t *TreeList) A11y() Node { return Node{Role: "tree", Name: t.spec.Name} }

// Children returns the lines in their scroller.
func (t *TreeList) Children() []fyne.CanvasObject { return []fyne.CanvasObject{t.list.scroll} }

// CreateRenderer is part of fyne.Widget.
func (t *TreeList) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(t,
		func() fyne.Size { return fyne.NewSize(120, 2*treeRow) },
		func(size fyne.Size) {
			putRect(t.list.scroll, 0, 0, size.Width, size.Height)
			t.list.rebind()
		},
		func() {}, t.list.scroll)
}
