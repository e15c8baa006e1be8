package kit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

// counter is a window with a palette over words; it notes what was run.
type counter struct {
	*kittest.Window
	t       *testing.T
	palette *kit.Palette
	ran     []string
}

func openPalette(t *testing.T, words ...string) *counter {
	t.Helper()
	c := &counter{Window: kittest.Open(t, nil), t: t}
	stage := kit.NewStage(c.Win)
	stage.SetPage(kit.NewEntry("Behind", ""))
	c.palette = kit.OpenPalette(c.Kit, kit.PaletteSpec{
		Name: "Search", None: "Nothing fits", Keys: kit.MustKeys("Ctrl+K"),
		Find: func(text string) []kit.PaletteGroup {
			q := kit.NewQuery(text)
			var items []kit.PaletteItem
			for _, word := range words {
				if q.Match(strings.ToLower(word)) > 0 {
					items = append(items, kit.PaletteItem{
						ID: word, Icon: "play", Title: word, Detail: "of words",
						Do: func() { c.ran = append(c.ran, word) }, DoNew: func() { c.ran = append(c.ran, word+" anew") },
					})
				}
			}
			return []kit.PaletteGroup{{Title: "Words", Items: items}}
		},
	})
	return c
}

func (c *counter) key(name fyne.KeyName) {
	c.Win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: name})
}

func (c *counter) typed(text string) {
	for _, r := range text {
		c.Win.Canvas().Focused().TypedRune(r)
	}
}

// rows returns the rows' names, and which is chosen.
func (c *counter) rows() (names []string, chosen string) {
	var walk func(kit.Element)
	walk = func(e kit.Element) {
		if e.Role == "list item" {
			names = append(names, e.Name)
			if slices.Contains(e.States, "selected") {
				chosen = e.Name
			}
		}
		for _, child := range e.Children {
			walk(child)
		}
	}
	walk(kit.Accessibility(c.Win, 1))
	return names, chosen
}

func TestAPaletteIsUsedByKeysAlone(t *testing.T) {
	c := openPalette(t, "start", "stop", "save")
	c.key(fyne.KeyDown)
	if _, chosen := c.rows(); chosen != "stop" {
		t.Errorf("after Down %q is chosen", chosen)
	}
	c.key(fyne.KeyUp)
	c.key(fyne.KeyUp)
	if _, chosen := c.rows(); chosen != "save" {
		t.Errorf("above the first %q is chosen", chosen)
	}
	c.typed("st")
	if rows, chosen := c.rows(); !slices.Equal(rows, []string{"start", "stop"}) || chosen != "start" {
		t.Errorf("st finds %q and chooses %q", rows, chosen)
	}
	c.key(fyne.KeyReturn)
	if c.palette.IsOpen() || !slices.Equal(c.ran, []string{"start"}) {
		t.Errorf("after Enter the palette is open: %t, ran %q", c.palette.IsOpen(), c.ran)
	}
}

func TestAPaletteOpensThingsInANewTabAndClosesByItsOwnKeys(t *testing.T) {
	press := func(c *counter, keys string) {
		k := kit.MustKeys(keys)
		c.Win.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: k.Key, Modifier: k.Mod})
	}
	c := openPalette(t, "web")
	press(c, "Ctrl+Enter")
	if !slices.Equal(c.ran, []string{"web anew"}) {
		t.Errorf("Ctrl+Enter ran %q", c.ran)
	}
	c = openPalette(t, "web")
	before := len(c.Kit.Shortcuts.List())
	press(c, "Ctrl+K")
	if c.palette.IsOpen() || len(c.ran) > 0 || len(c.Kit.Shortcuts.List()) != before-2 {
		t.Errorf("Ctrl+K left the palette open, or ran %q", c.ran)
	}
	c = openPalette(t, "web")
	c.typed("w")
	c.key(fyne.KeyEscape)
	if c.palette.IsOpen() {
		t.Error("Esc does not close the palette")
	}
}

func TestAPaletteThatFindsNothingSaysSo(t *testing.T) {
	c := openPalette(t, "web")
	c.typed("xyz")
	if !has(kit.Accessibility(c.Win, 1), "Nothing fits") {
		t.Error("nothing is said")
	}
	c.key(fyne.KeyReturn)
	if len(c.ran) > 0 || !c.palette.IsOpen() {
		t.Errorf("Enter ran %q", c.ran)
	}
}

func has(e kit.Element, name string) bool {
	return e.Name == name || slices.ContainsFunc(e.Children, func(c kit.Element) bool { return has(c, name) })
}

func TestAPaletteKeepsTheChosenRowInSight(t *testing.T) {
	var words []string
	for i := range 40 {
		words = append(words, fmt.Sprintf("word %02d", i))
	}
	c := openPalette(t, words...)
	c.Win.Resize(fyne.NewSize(900, 500))
	for range 30 {
		c.key(fyne.KeyDown)
	}
	var found kit.Element
	var walk func(kit.Element)
	walk = func(e kit.Element) {
		if e.Name == "word 30" {
			found = e
		}
		for _, child := range e.Children {
			walk(child)
		}
	}
	walk(kit.Accessibility(c.Win, 1))
	if found.Y < 60 || found.Y+found.H > 500 || !slices.Contains(found.States, "selected") {
		t.Errorf("the chosen row is at %+v", found)
	}
	for _, o := range kit.Unnamed(c.Win.Canvas().Overlays().Top()) {
		t.Errorf("a %T has no name", o)
	}
}
