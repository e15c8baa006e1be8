package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/settings"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// shortcutsHeight is how high the list with its field is where there is room.
const shortcutsHeight = 490

// shortcutList is the dialog with every key combination of the window.
type shortcutList struct {
	groups []shortcutGroup
	field  *kit.Entry
	rows   *fyne.Container
	scroll *container.Scroll
}

type shortcutGroup struct {
	title string
	rows  []shortcutRow
}

type shortcutRow struct {
	name string
	keys []string
}

// showShortcuts shows the list of the main window.
func (w *Window) showShortcuts() { w.showShortcutsOf(w.kit) }

// showShortcutsOf shows the list of one of the windows in it.
func (w *Window) showShortcutsOf(k *kit.Kit) {
	l := &shortcutList{groups: groupShortcuts(k.Shortcuts.List()), rows: kit.Col(0)}
	l.field = kit.NewSearch(lang.L("Find a key combination"), func(string) { l.show() })
	l.scroll = container.NewVScroll(kit.Pad(0, 12, 0, 2, l.rows))
	l.show()
	change := kit.Link("settings", lang.L("Change them…"), nil)
	dialog := kit.NewDialog(kit.DialogSpec{
		Width: kit.WideDialog, Title: lang.L("Key combinations"), Left: change, Cancel: lang.L("Close"),
		Body: kit.Col(12, l.field, kit.Grow(l.scroll)), Tall: shortcutsHeight,
	})
	change.OnPress(func() {
		dialog.Close()
		w.openSetting(target{place: settingsPlace, ref: settings.Section(settings.Keyboard)}, false)
		if k != w.kit {
			w.kit.Win.RequestFocus()
		}
	})
	dialog.Open(k.Win.Canvas())
}

// groupShortcuts puts the window's combinations and those of lists under their
// headings, in the order of the table that binds them.
func groupShortcuts(all []kit.Shortcut) []shortcutGroup {
	var groups []shortcutGroup
	add := func(title string, row shortcutRow) {
		at := slices.IndexFunc(groups, func(g shortcutGroup) bool { return g.title == title })
		if at < 0 {
			at = len(groups)
			groups = append(groups, shortcutGroup{title: title})
		}
		groups[at].rows = append(groups[at].rows, row)
	}
	for _, s := range all {
		row := shortcutRow{name: s.Name}
		for _, keys := range append([]kit.Keys{s.Keys}, s.Also...) {
			if keys != (kit.Keys{}) {
				row.keys = append(row.keys, keys.String())
			}
		}
		if len(row.keys) > 0 {
			add(s.Group, row)
		}
	}
	for _, k := range kit.ListKeys() {
		add(lang.L("Lists and tables"), shortcutRow{k.Name, k.Keys})
	}
	return groups
}

// show lists what fits the text in the field.
func (l *shortcutList) show() {
	q := kit.NewQuery(l.field.Text())
	l.rows.Objects = nil
	for _, g := range l.groups {
		var rows []fyne.CanvasObject
		for _, row := range g.rows {
			if q.Match(strings.ToLower(row.name), strings.ToLower(strings.Join(row.keys, " ")), strings.ToLower(g.title)) > 0 {
				rows = append(rows, newShortcutRow(row))
			}
		}
		if len(rows) > 0 {
			l.rows.Add(kit.Pad(12, 0, 4, 0, kit.NewText(kit.HeadingText, g.title)))
			l.rows.Objects = append(l.rows.Objects, rows...)
		}
	}
	if len(l.rows.Objects) == 0 {
		l.rows.Add(kit.Pad(12, 0, 0, 0, kit.NewText(kit.BodyText, lang.L("No key combination fits.")).In(theme.Muted)))
	}
	l.rows.Refresh()
	l.scroll.Refresh()
	l.scroll.ScrollToTop()
}

func newShortcutRow(row shortcutRow) fyne.CanvasObject {
	keys := kit.Row(6)
	for _, k := range row.keys {
		keys.Add(kit.NewKeyCap(k))
	}
	return kit.Col(0, kit.Height(33, kit.Row(12, kit.Grow(kit.NewText(kit.BodyText, row.name).Shorten()), keys)), kit.HLine())
}
