package console

import (
	"context"
	"slices"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// ownKeys lists the person's own combinations in the menu of keys.
func (v *view) ownKeys() []kit.MenuItem {
	var items []kit.MenuItem
	for _, text := range v.svc.Settings.ConsoleKeys() {
		if codes, err := rfb.ParseCombination(text); err == nil {
			items = append(items, kit.MenuItem{Label: text, Do: func() { v.send(codes...) }})
		}
	}
	return items
}

// A keyList is the dialog in which own combinations are added and removed.
type keyList struct {
	view   *view
	entry  *kit.Entry
	field  *kit.FormRow
	rows   *fyne.Container
	dialog *kit.Dialog
	all    []string

	writing sync.Mutex // one change after the other
}

// editKeys opens the dialog.
func (v *view) editKeys() {
	l := &keyList{view: v, all: v.svc.Settings.ConsoleKeys(), rows: kit.Col(4)}
	l.entry = kit.NewEntry(lang.L("New combination"), "Ctrl+Alt+F2")
	l.field = kit.NewField(lang.L("New combination"), lang.L("Names of keys with + between, such as Super+L or Alt+SysRq+B."), l.entry)
	l.entry.OnChanged = func(string) { l.field.SetProblem("") }
	l.dialog = kit.NewDialog(kit.DialogSpec{
		Title:  lang.L("Own key combinations"),
		Text:   lang.L("They are in the menu of keys of every machine."),
		Tile:   kit.NewIconTile("keyboard", theme.Accent, 40),
		Body:   kit.Col(14, l.rows, l.field),
		Cancel: lang.L("Close"),
		Action: kit.Primary("plus", lang.L("Add"), l.add),
	})
	l.dialog.FocusFirst(l.entry.Focusable())
	l.show()
	l.dialog.Open(v.kit.Win.Canvas())
}

func (l *keyList) add() {
	written := l.entry.Text()
	codes, err := rfb.ParseCombination(written)
	if err != nil {
		l.field.SetProblem(kit.Sentence(err.Error()))
		l.entry.Focus()
		l.dialog.Fit()
		return
	}
	l.keep(func(all []string) []string { return append(all, rfb.Combination(codes)) }, func() {
		if l.entry.Text() == written { // nobody has begun the next one
			l.entry.SetText("")
		}
	})
}

func (l *keyList) remove(text string) {
	l.keep(func(all []string) []string {
		return slices.DeleteFunc(all, func(kept string) bool { return kept == text })
	}, func() {})
}

// keep changes the list in the settings, which know each combination once. What is
// shown may be older than they are.
func (l *keyList) keep(change func([]string) []string, then func()) {
	v := l.view
	v.kit.RunThen(func(ctx context.Context) error {
		l.writing.Lock()
		defer l.writing.Unlock()
		return v.svc.Settings.Set(ctx, setting.NameConsoleKeys, strings.Join(change(v.svc.Settings.ConsoleKeys()), ", "))
	}, func() {
		l.all = v.svc.Settings.ConsoleKeys()
		then()
		l.show()
	})
}

func (l *keyList) show() {
	l.rows.Objects = nil
	for _, text := range l.all {
		gone := kit.IconButton("trash-2", lang.L("Remove {{.Keys}}", map[string]any{"Keys": text}), func() { l.remove(text) })
		l.rows.Add(kit.Row(8, kit.NewTag(text), kit.Spacer(), gone))
	}
	l.rows.Hidden = len(l.all) == 0
	l.rows.Refresh()
	l.dialog.Fit()
}
