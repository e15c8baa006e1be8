package kit

import (
	"time"

	"fyne.io/fyne/v2/lang"
)

// A ListKey is what a combination does in lists and tables, for the list of
// combinations.
type ListKey struct {
	Name string
	Keys []string
}

// ListKeys are the combinations of lists and tables.
func ListKeys() []ListKey {
	all := []ListKey{
		{lang.L("Go to another row"), []string{"↑", "↓", "PgUp", "PgDn", "Home", "End"}},
		{lang.L("Go to the row that begins with what is typed"), []string{"A–Z"}},
		{lang.L("Select further rows"), []string{"Shift+↑", "Shift+↓"}},
		{lang.L("Select all"), []string{"Ctrl+A"}},
		{lang.L("Open and close a folder"), []string{"→", "←"}},
	}
	for _, a := range rowActions() {
		all = append(all, ListKey{a.name, a.keys})
	}
	return all
}

// A rowAction is what keys do to the row under the cursor of a table. do says
// whether there was anything to do.
type rowAction struct {
	name string
	keys []string
	do   func(t *table, row int) bool
}

// rowActions are bound by TypedKey, and by TypedShortcut where Ctrl is held.
func rowActions() []rowAction {
	return []rowAction{
		{lang.L("Open"), []string{"Enter"}, func(t *table, row int) bool { return called(t.open, row) }},
		{lang.L("Open in a new tab"), []string{"Ctrl+Enter"}, func(t *table, row int) bool { return called(t.openNew, row) }},
		{lang.L("Rename"), []string{"F2"}, func(t *table, row int) bool { return called(t.rename, row) }},
		{lang.L("Delete"), []string{"Delete"}, (*table).removeRow},
		{lang.L("Menu of the row"), []string{"Menu", "Shift+F10"}, (*table).showMenu},
		{lang.L("Select or leave out"), []string{"Space", "Ctrl+Space"}, (*table).toggleRow},
		{lang.L("Select nothing"), []string{"Esc"}, (*table).chooseNone},
	}
}

func called(hook func(int), row int) bool {
	if hook != nil {
		hook(row)
	}
	return hook != nil
}

func (t *table) removeRow(row int) bool {
	if t.remove == nil {
		return false
	}
	if !t.checks() {
		t.chooseOnly(row)
	}
	t.remove()
	return true
}

func (t *table) showMenu(row int) bool {
	if t.menu == nil {
		return false
	}
	t.list.show(row)
	t.menuOf(row, t.under(row))
	return true
}

// toggleRow leaves the key alone while a name with a space in it is typed.
func (t *table) toggleRow(row int) bool {
	if !t.ahead.going(time.Now()) {
		t.toggle(row)
	}
	return true
}

func (t *table) chooseNone(int) bool {
	if !t.checks() {
		return false
	}
	t.choose(map[string]bool{})
	return true
}

// actOn does what the keys do to the row, and says whether they do anything.
func (t *table) actOn(row int, keys Keys) bool {
	for _, a := range rowActions() {
		for _, text := range a.keys {
			if MustKeys(text) == keys {
				return a.do(t, row)
			}
		}
	}
	return false
}
