package settings

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A Navigator lists the sections beside the page.
type Navigator struct {
	tree    *kit.TreeList
	filter  *kit.Entry
	content *fyne.Container
}

// NewNavigator makes the list. hide hides the pane that holds it.
func (s *Settings) NewNavigator(hide func()) *Navigator {
	n := &Navigator{}
	n.tree = kit.NewTreeList(kit.TreeSpec{
		Name:     lang.L("Sections"),
		Selected: func(item kit.TreeItem) { s.open(find(item.ID).ref()) },
	})
	n.filter = kit.NewSearch(lang.L("Find a setting"), func(string) { n.show() })
	n.show()
	head := kit.Height(56, kit.Pad(0, 8, 0, 16, kit.Row(0,
		kit.NewText(kit.PanelText, lang.L("Settings")), kit.Spacer(),
		kit.IconButton("panel-left", lang.L("Hide the navigator"), hide).WithKeys("Ctrl+B"))))
	n.content = kit.Col(0, head, kit.Pad(0, 12, 8, 12, n.filter), kit.Grow(n.tree))
	return n
}

// show lists the sections that have something of what is looked for.
func (n *Navigator) show() {
	q := kit.NewQuery(n.filter.Text())
	var items []kit.TreeItem
	for _, section := range sections() {
		if section.has(q) {
			items = append(items, kit.TreeItem{ID: section.id, Text: section.title, Icon: section.icon, Token: theme.Muted})
		}
	}
	n.tree.SetItems(items)
}

// has says whether the section or one of its settings fits the query.
func (s section) has(q kit.Query) bool {
	switch {
	case q.Match(strings.ToLower(s.title)) > 0:
		return true
	case s.cards == nil:
		return false
	}
	for _, c := range s.cards() {
		for _, r := range c.rows {
			if q.Match(strings.ToLower(r.label), strings.ToLower(r.help), strings.ToLower(c.title), strings.ToLower(s.title)) > 0 {
				return true
			}
		}
	}
	return false
}

// Content returns what to put into the pane.
func (n *Navigator) Content() fyne.CanvasObject { return n.content }

// Select marks the section that the page shows.
func (n *Navigator) Select(ref virt.Ref) {
	if id := find(ref.ID).id; id != n.tree.SelectedID() {
		n.tree.Select(id)
	}
}

// Focusable returns what takes the keys in the pane.
func (n *Navigator) Focusable() fyne.Focusable { return n.tree }
