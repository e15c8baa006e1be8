package console

import (
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// How the bar of a full screen comes and goes.
const (
	topBarStay  = 2 * time.Second // after the pointer has left it
	topBarReach = 64              // units from the top edge: the pointer this near keeps the bar
	topEdge     = 2               // the pointer this near calls it
)

// topBar slides in at the top edge of a full screen when the pointer comes there:
// the machine's name, keys, and the way out. It leaves by itself.
type topBar struct {
	window  *window
	name    *kit.Text
	lets    *kit.Text
	resume  *kit.Button // of a machine that is paused
	keys    *kit.Button
	clip    *kit.Button
	shot    *kit.Button
	sound   *kit.Button
	leave   *kit.Button
	bar     *kit.ToolBar
	place   *kit.SlideIn
	letGo   bool   // the host key was pressed a moment ago
	stood   bool   // the machine is paused: the bar stays, to say so
	leaving func() // calls the leaving off; nil while nobody waits for it
}

func newTopBar(w *window) *topBar {
	v := w.view
	t := &topBar{window: w, name: kit.NewText(kit.BodyText, ""), lets: kit.NewText(kit.SmallText, "")}
	t.resume = v.resumeButton()
	t.keys = kit.Quiet("keyboard", lang.L("Send keys"), nil).Small()
	t.keys.OnPress(func() { kit.ShowMenuUnder(t.keys, v.keyMenu()) })
	t.clip = kit.IconMenuButton("clipboard", lang.L("Clipboard"), v.clipboardMenu)
	t.shot = kit.IconMenuButton("camera", lang.L("Pictures and recordings"), func() []kit.MenuItem { return v.shotMenu(t.shot) })
	t.sound = v.hearing.button()
	t.leave = kit.Quiet("minimize", lang.L("Leave full screen"), w.toggleFull).Small()
	t.bar = kit.NewToolBar(lang.L("Full screen"), kit.Pad(0, 0, 0, 8, t.name), t.lets, t.resume, kit.ToolBarLine(), t.keys, t.clip, t.shot, t.sound, kit.ToolBarLine(), t.leave)
	t.place = kit.NewSlideIn(t.bar)
	return t
}

// follow shows how things stand, and the bar to who has let go: he wants to do
// something else.
func (t *topBar) follow() {
	if !t.window.full {
		return
	}
	letGo, paused := t.window.view.released != nil, t.paused()
	if letGo && !t.letGo || paused != t.stood {
		t.greet()
	}
	t.letGo, t.stood = letGo, paused
	t.show()
}

// show says whose screen it is and offers what is possible.
func (t *topBar) show() {
	v := t.window.view
	t.name.SetText(t.window.serials.name())
	screen := t.window.serials.current() == nil
	t.lets.Hidden = !screen || !v.line.connected()
	t.resume.Hidden = !t.paused()
	switch {
	case t.paused():
		t.lets.SetText(lang.L("The machine is paused: it takes no keys"))
	case v.released != nil:
		t.lets.SetText(lang.L("F leaves, Del sends Ctrl+Alt+Delete, K is the menu of keys, S a screenshot"))
	case v.focused:
		t.lets.SetText(lang.L("{{.Keys}} lets go", map[string]any{"Keys": v.letter.words()}))
	default:
		t.lets.SetText(lang.L("Click the screen to type in the machine"))
	}
	t.keys.Hidden, t.shot.Hidden = !screen || !v.line.connected(), !screen
	t.clip.Hidden, t.sound.Hidden = t.keys.Hidden, t.keys.Hidden
	t.bar.Refresh()
	t.place.Content.Refresh()
}

// paused says whether the screen stands still because the machine does.
func (t *topBar) paused() bool {
	return t.window.view.paused() && t.window.view.line.connected() && t.window.serials.current() == nil
}

// greet shows the bar to who has come to the full screen.
func (t *topBar) greet() {
	t.enter()
	t.leaveSoon()
}

// overEdge hears of the pointer at the top edge of a terminal.
func (t *topBar) overEdge(over bool) {
	if over {
		t.pointer(0)
	} else {
		t.pointer(topBarReach + 1)
	}
}

// pointer hears where the pointer is, in units below the top edge.
func (t *topBar) pointer(y float32) {
	switch {
	case !t.window.full:
	case y <= topEdge:
		t.enter()
		t.stay()
	case t.place.In() && y <= topBarReach:
		t.stay()
	case t.place.In() && t.leaving == nil:
		t.leaveSoon()
	}
}

func (t *topBar) enter() {
	t.show()
	t.place.Enter()
}

// stay calls a leaving off.
func (t *topBar) stay() {
	if t.leaving != nil {
		t.leaving()
		t.leaving = nil
	}
}

func (t *topBar) leaveSoon() {
	t.stay()
	t.leaving = t.window.kit.After(topBarStay, func() {
		t.leaving = nil
		if t.stood || t.window.win.Canvas().Overlays().Top() != nil { // or its menu is open
			t.leaveSoon()
			return
		}
		t.place.Leave()
	})
}

// stop takes the bar away at once.
func (t *topBar) stop() {
	t.stay()
	t.place.Vanish()
}
