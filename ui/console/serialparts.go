package console

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
	"github.com/kvmmanager/kvm-manager/vnc"
)

// serialWords stand on a card over the terminal of a machine that is off.
type serialWords struct {
	view    *serialView
	icon    *kit.Icon
	title   *kit.Text
	text    *kit.Text
	start   *kit.Button
	button  *fyne.Container
	content *fyne.Container
}

func newSerialWords(v *serialView, svc *services.Services) *serialWords {
	w := &serialWords{view: v, icon: kit.NewIcon("power", 20, theme.Accent), title: kit.NewText(kit.PanelText, ""), text: kit.NewText(kit.SmallText, "")}
	w.start = kit.Secondary("play", lang.L("Start"), nil)
	w.start.OnPress(func() {
		vm := v.vm
		v.kit.RunOn(w.start, func(ctx context.Context) error { return svc.VMs.Start(ctx, vm) })
	})
	w.button = kit.Pad(6, 0, 0, 0, w.start)
	w.content = kit.NewFloat(kit.Pad(20, 28, 20, 28, kit.ColCenter(6, w.icon, w.title, w.text, w.button)))
	w.content.Hide()
	return w
}

// show says that the machine is off, if so.
func (w *serialWords) show() {
	v := w.view
	w.content.Hidden = !v.off()
	if !v.off() {
		return
	}
	icon, title, text, start := "power", lang.L("The machine is off"), lang.L("What it says appears here when it runs."), lang.L("Start")
	switch v.row.State {
	case virt.StateSaved:
		icon, title, text, start = "moon", lang.L("The machine is saved"), lang.L("It goes on where it stopped."), lang.L("Restore")
	case virt.StateCrashed:
		icon, title, text = "triangle-alert", lang.L("The machine has crashed"), lang.L("Above is what it said last.")
	}
	w.icon.SetIcon(icon)
	w.title.SetText(title)
	w.text.SetText(text)
	w.start.SetLabel(start)
	_, can := virt.Can(virt.StartVM, v.row)
	w.button.Hidden = !can
	w.content.Refresh()
}

// findWidth is how wide the field of the search is, and findCount its count.
const findWidth, findCount = 220, 84

// serialFind looks for a text in all that was written.
type serialFind struct {
	view    *serialView
	entry   *kit.Entry
	count   *kit.Text
	content *fyne.Container
}

func newSerialFind(v *serialView) *serialFind {
	f := &serialFind{view: v, count: kit.NewText(kit.SmallText, "")}
	f.entry = kit.NewEntry(lang.L("Find in the terminal"), lang.L("Find")).WithIcon("search")
	f.entry.OnChanged = v.terminal.SetSearch
	f.entry.OnSubmitted = func(string) { v.terminal.FindNext(true) }
	f.entry.OnKey = f.key
	older := kit.IconButton("arrow-up", lang.L("Older"), func() { v.terminal.FindNext(true) })
	newer := kit.IconButton("arrow-down", lang.L("Newer"), func() { v.terminal.FindNext(false) })
	end := kit.IconButton("x", lang.L("Close the search"), f.close)
	f.content = kit.NewFloat(kit.Pad(6, 8, 6, 8, kit.Row(4, kit.Width(findWidth, f.entry), kit.Width(findCount, kit.Center(f.count)), older, newer, end)))
	f.content.Hide()
	return f
}

// open shows the search and looks for what was looked for last.
func (f *serialFind) open() {
	f.content.Show()
	f.view.content.Refresh()
	f.view.kit.Win.Canvas().Focus(f.entry.Focusable())
	f.entry.SelectAll()
	f.view.terminal.SetSearch(f.entry.Text())
}

func (f *serialFind) close() {
	f.content.Hide()
	f.view.terminal.SetSearch("")
	f.view.terminal.ScrollToEnd()
	f.view.content.Refresh()
	f.view.takeKeyboard()
}

// key is Esc, and Up and Down through what was found.
func (f *serialFind) key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyEscape:
		f.close()
	case fyne.KeyUp:
		f.view.terminal.FindNext(true)
	case fyne.KeyDown:
		f.view.terminal.FindNext(false)
	default:
		return false
	}
	return true
}

// found says how often.
func (f *serialFind) found(found vnc.Found) {
	switch {
	case f.entry.Text() == "":
		f.count.SetText("")
	case found.Count == 0:
		f.count.SetText(lang.L("Not found"))
	default:
		f.count.SetText(lang.L("{{.Current}} of {{.Count}}", map[string]any{"Current": found.Current, "Count": found.Count}))
	}
	f.content.Refresh()
}

// serialFoot is the line below the terminal: whose keyboard it is and how to get
// it back, the title that a program gave, and how many cells there are.
type serialFoot struct {
	view    *serialView
	icon    *kit.Icon
	owner   *kit.Text
	key     fyne.CanvasObject
	lets    *kit.Text
	facts   *kit.Text
	titled  string
	content *fyne.Container
}

func newSerialFoot(v *serialView) *serialFoot {
	f := &serialFoot{view: v, icon: kit.NewIcon("keyboard", 14, theme.Muted), owner: kit.NewText(kit.SmallText, ""), key: v.letter.cap}
	f.lets, f.facts = kit.NewText(kit.SmallText, lang.L("lets go")), kit.NewText(kit.SmallText, "").Trailing().Shorten()
	f.content = kit.Pad(footGap, 0, 0, 0, kit.Height(footHeight, kit.Row(7, f.icon, f.owner, kit.Gap(2, 1), f.key, f.lets, kit.Grow(f.facts))))
	return f
}

func (f *serialFoot) title(title string) {
	f.titled = title
	f.show()
}

func (f *serialFoot) show() {
	connected := f.view.line.connected()
	held := connected && f.view.focused
	f.icon.Hidden, f.owner.Hidden, f.lets.Hidden = !connected, !connected, !held
	f.key.Hide()
	if held {
		f.key.Show()
		f.icon.SetIcon("lock")
		f.icon.SetToken(theme.Accent)
		f.owner.SetText(lang.L("The keyboard belongs to the machine"))
		if !f.view.heard.Load() {
			f.owner.SetText(lang.L("Nothing was said yet: the machine may wait for the Enter key"))
		}
		f.owner.SetToken(theme.Text)
	} else {
		f.icon.SetIcon("keyboard")
		f.icon.SetToken(theme.Muted)
		f.owner.SetText(lang.L("Click the terminal to type in the machine"))
		f.owner.SetToken(theme.Muted)
	}
	columns, rows := f.view.terminal.Cells()
	facts := fmt.Sprintf("%d × %d", columns, rows)
	if f.titled != "" {
		facts += " · " + f.titled // a guest's words, of any length
	}
	f.facts.SetText(facts)
	f.content.Refresh()
}
