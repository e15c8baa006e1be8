package kit_test

import (
	"fmt"
	"image/color"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// hosts are two hosts with machines, and one that does not answer.
func hosts() []kit.TreeItem {
	vm := func(id, fact string) kit.TreeItem {
		return kit.TreeItem{ID: id, Text: id, Icon: "st-run", Token: theme.OK, State: "Running", Fact: fact}
	}
	shop := kit.TreeItem{ID: "shop", Text: "Web shop", Icon: "folder", Folder: true, Children: []kit.TreeItem{vm("web-1", "12 %"), vm("db", "41 %")}}
	return []kit.TreeItem{
		{ID: "local", Text: "localhost", Icon: "server", Folder: true, Fact: "3", Children: []kit.TreeItem{shop, vm("win11", "")}},
		{ID: "rack", Text: "hv-rack2", Icon: "server", Folder: true, Closed: true, Children: []kit.TreeItem{vm("gitlab", "22 %")}},
		{ID: "lab", Text: "hv-lab", Icon: "server", Folder: true, Muted: true, Fact: "Offline", FactIcon: "wifi-off", FactToken: theme.Warn, Loading: true},
	}
}

// wood is a tree in a window, and what its hooks were told.
type wood struct {
	*kit.TreeList
	t   *testing.T
	w   *kittest.Window
	log []string
}

func openTree(t *testing.T, items []kit.TreeItem) *wood {
	t.Helper()
	wd := &wood{t: t, w: kittest.Open(t, nil)}
	note := func(what string) func(kit.TreeItem) {
		return func(i kit.TreeItem) { wd.log = append(wd.log, what+" "+i.ID) }
	}
	menu := note("menu")
	wd.TreeList = kit.NewTreeList(kit.TreeSpec{
		Name: "Machines", Selected: note("show"), OpenNew: note("new"), Rename: note("rename"), Delete: note("delete"),
		Menu:   func(i kit.TreeItem, _ fyne.Position) { menu(i) },
		Folded: func(id string, closed bool) { wd.log = append(wd.log, fmt.Sprint("fold ", id, " ", closed)) },
	})
	wd.SetItems(items)
	wd.w.Win.SetContent(wd.TreeList)
	wd.w.Win.Resize(fyne.NewSize(236, 600))
	return wd
}

func (wd *wood) lines() []kit.Element {
	frame := kit.Accessibility(wd.w.Win, 1)
	return frame.Children[0].Children
}

func (wd *wood) names() []string {
	var names []string
	for _, e := range wd.lines() {
		names = append(names, e.Name)
	}
	return names
}

func (wd *wood) wantLines(want ...string) {
	wd.t.Helper()
	if got := wd.names(); !slices.Equal(got, want) {
		wd.t.Errorf("lines are %q, want %q", got, want)
	}
}

func (wd *wood) wantLog(want ...string) {
	wd.t.Helper()
	if !slices.Equal(wd.log, want) {
		wd.t.Errorf("the hooks heard %q, want %q", wd.log, want)
	}
}

func (wd *wood) line(name string) kit.Element {
	wd.t.Helper()
	for _, e := range wd.lines() {
		if e.Name == name {
			return e
		}
	}
	wd.t.Fatalf("no line is called %q", name)
	return kit.Element{}
}

// press presses the line of that name, from its left edge on.
func (wd *wood) press(name string, fromLeft float32, button desktop.MouseButton) {
	wd.t.Helper()
	e := wd.line(name)
	pressAt(wd.t, wd.w.Win, float32(e.X)+fromLeft, float32(e.Y+e.H/2), button, 0)
}

func (wd *wood) key(names ...fyne.KeyName) {
	for _, name := range names {
		wd.TypedKey(&fyne.KeyEvent{Name: name})
	}
}

func TestATreeShowsWhatIsOpenAndSaysLevelAndState(t *testing.T) {
	wd := openTree(t, hosts())

	wd.wantLines("localhost", "Web shop", "web-1", "db", "win11", "hv-rack2", "hv-lab", "Loading")
	web, rack := wd.line("web-1"), wd.line("hv-rack2")
	if web.Role != "tree item" || web.Description != "Running" || web.Value != "12 %" || !slices.Contains(web.States, "level-3") {
		t.Errorf("the machine says %+v", web)
	}
	if !slices.Contains(rack.States, "expandable") || slices.Contains(rack.States, "expanded") {
		t.Errorf("the closed host says %v", rack.States)
	}
}

func TestTheMouseSelectsFoldsAndOpens(t *testing.T) {
	wd := openTree(t, hosts())

	wd.press("db", 100, desktop.MouseButtonPrimary)
	wd.press("db", 100, desktop.MouseButtonPrimary) // twice: a further tab
	wd.press("web-1", 100, desktop.MouseButtonTertiary)
	wd.press("win11", 100, desktop.MouseButtonSecondary)
	wd.press("Web shop", 33, desktop.MouseButtonPrimary) // its chevron
	wd.press("hv-rack2", 17, desktop.MouseButtonPrimary)

	wd.wantLog("show db", "new db", "new web-1", "menu win11", "fold shop true", "fold rack false")
	wd.wantLines("localhost", "Web shop", "win11", "hv-rack2", "gitlab", "hv-lab", "Loading")
	if wd.SelectedID() != "db" {
		t.Errorf("selected is %q", wd.SelectedID())
	}
}

func TestKeysWalkTheTree(t *testing.T) {
	wd := openTree(t, hosts())
	wd.w.Win.Canvas().Focus(wd.TreeList)

	wd.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyRight, fyne.KeyRight)
	wd.wantLog("show shop", "show web-1", "show shop", "fold shop true", "fold shop false", "show web-1")
	wd.log = nil
	wd.TypedRune('*')
	wd.wantLines("localhost", "Web shop", "web-1", "db", "win11", "hv-rack2", "gitlab", "hv-lab", "Loading")
	wd.key(fyne.KeyEnd, fyne.KeyUp, desktop.KeyMenu, fyne.KeyF2, fyne.KeyDelete)
	wd.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	wd.TypedRune('d')

	wd.wantLog("show lab", "show gitlab", "menu gitlab", "rename gitlab", "delete gitlab", "new gitlab", "show db")
}

func TestSelectOpensTheFoldersAbove(t *testing.T) {
	wd := openTree(t, hosts())

	wd.Select("gitlab")

	if !slices.Contains(wd.line("gitlab").States, "selected") {
		t.Errorf("the item says %v", wd.line("gitlab").States)
	}
	wd.wantLog() // the program selected, not the person
}

func TestNewItemsKeepFoldsAndSelection(t *testing.T) {
	wd := openTree(t, hosts())
	wd.Fold("shop", true)
	wd.Select("win11")
	changed := hosts()
	changed[0].Children[1].Fact = "7 %"

	wd.SetItems(changed)

	wd.wantLines("localhost", "Web shop", "win11", "hv-rack2", "hv-lab", "Loading")
	if e := wd.line("win11"); e.Value != "7 %" || !slices.Contains(e.States, "selected") {
		t.Errorf("the changed item says %+v", e)
	}
}

func TestATreeOfThousandsHoldsOnlyWhatIsSeen(t *testing.T) {
	items := make([]kit.TreeItem, 100)
	for h := range items {
		items[h] = kit.TreeItem{ID: fmt.Sprint(h), Text: fmt.Sprint("host ", h), Folder: true}
		for m := range 100 {
			id := fmt.Sprint(h, "/", m)
			items[h].Children = append(items[h].Children, kit.TreeItem{ID: id, Text: id})
		}
	}
	wd := openTree(t, items)

	wd.Select("99/99")

	lines := wd.lines()
	if len(lines) != 20 || lines[19].ID != "99/99" {
		t.Errorf("%d lines are in the tree, the last is %q", len(lines), lines[len(lines)-1].ID)
	}
}

func TestATreeHasAName(t *testing.T) {
	wd := openTree(t, hosts())
	if bad := kit.Unnamed(wd.TreeList); len(bad) > 0 {
		t.Errorf("%T has no name", bad[0])
	}
}

// A tree that another one has taken the place of is in no window, and hears of
// no change. Before it is painted again its sizes are asked for.
func TestATreeThatWasAwayDuringAChangeOfThemeHasTheNewColours(t *testing.T) {
	wd := openTree(t, hosts())
	wd.w.Win.SetContent(kit.Gap(1, 1))
	wd.w.App.Settings().SetTheme(theme.New(theme.Light))
	wd.w.Win.SetContent(wd.TreeList)

	words := textsOf(wd.TreeList)

	if len(words) == 0 {
		t.Fatal("the tree has no words")
	}
	dark := theme.ColorIn(theme.Dark, theme.Text)
	for _, line := range words {
		if line.Color == color.Color(dark) {
			t.Errorf("%q has the colour of the dark theme", line.Text)
		}
	}
}

// textsOf are the visible lines of text in the object, after their sizes were
// asked for as the driver does.
func textsOf(o fyne.CanvasObject) []*canvas.Text {
	if !o.Visible() {
		return nil
	}
	o.MinSize()
	var lines []*canvas.Text
	switch o := o.(type) {
	case *canvas.Text:
		lines = append(lines, o)
	case *fyne.Container:
		for _, child := range o.Objects {
			lines = append(lines, textsOf(child)...)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			lines = append(lines, textsOf(child)...)
		}
	}
	return lines
}
