package console

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virt/trace"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
	"github.com/kvmmanager/kvm-manager/vnc"
)

// Measures of a view, in units.
const (
	wellRadius = 12
	wellInset  = 4 // keeps the screen's corners inside the round ones
	barTop     = 14
	barReach   = 68 // the pointer this near to the top wants the bar
)

// calm is how long something must last before it is worth a word: a machine
// that goes down loses its screen a moment before it is off.
const calm = 400 * time.Millisecond

// A view is a machine's screen with all that belongs to it: the bar, the words
// over the screen and the line below it. A hidden view decodes nothing.
type view struct {
	consoles *Consoles
	kit      *kit.Kit
	svc      *services.Services
	vm       virt.Ref
	machine  *kit.View[virt.VM]
	row      virt.VM
	known    bool
	channel  vm.ClipboardState // empty: not known
	problem  error             // why nothing is known of the machine

	screen   *vnc.Screen
	line     *line
	visible  bool
	focused  bool
	atTop    bool // the pointer is near the bar
	fresh    bool // line.changed was just called: say nothing yet
	updates  atomic.Int64
	full     bool   // the screen is all that the window shows
	released func() // calls the end of the moment after the host key off; nil outside of it
	unbind   func() // takes the keys of that moment away
	onChange func() // what is known of the machine is new

	onShow    func()          // something that is shown may be another
	onFull    func()          // the person wants full screen, or to leave it
	onPointer func(y float32) // the pointer moved, in units below the top edge

	scroll  *container.Scroll
	bar     *bar
	hearing *hearing
	dim     *kit.Box // over the last picture of a machine that is off
	words   *words
	trouble *trouble
	foot    *foot
	letter  *letter
	well    *fyne.Container
	content *fyne.Container

	unregister func()
	unsight    func()
}

func newView(c *Consoles, k *kit.Kit, vm virt.Ref) *view {
	svc := c.svc
	v := &view{consoles: c, kit: k, svc: svc, vm: vm, onChange: func() {}, onShow: func() {}, onFull: func() {}, onPointer: func(float32) {}}
	v.screen = vnc.NewScreen(lang.L("Screen of {{.Name}}", map[string]any{"Name": vm.Name}))
	v.screen.OnFocus, v.screen.OnPointer, v.screen.OnRelease, v.screen.Trace = v.focus, v.pointer, v.letGo, v.traced
	v.screen.OnHostKey = func(e *fyne.KeyEvent) { kit.PassKey(v.screen, e) }
	v.screen.OnHostShortcut = func(s fyne.Shortcut) { kit.PassShortcut(v.screen, s) }
	v.screen.OnLongText = v.sayLongText
	v.line = newLine(k, svc, vm, v.screen)
	v.line.changed = v.lineChanged
	v.unsight = k.OnSight(v.look)
	v.unregister = k.RegisterConsole(vm.ID, v.stats)
	v.letter = newLetter(k, svc.Settings, v.screen, v.rebind)
	v.arrange()
	v.shareClipboard()
	v.machine = kit.NewView(k, func(ctx context.Context) (virt.VM, error) { return svc.VMs.One(ctx, vm) }, v.take)
	v.machine.SetVisible(false)
	k.Follow(v.machine, kit.About(vm))
	return v
}

// arrange puts the parts together.
func (v *view) arrange() {
	v.scroll = container.NewScroll(v.screen)
	v.hearing = newHearing(v)
	v.bar = newBar(v)
	v.bar.preferred()
	v.dim = kit.NewBox(theme.Scrim, theme.None, wellRadius)
	v.words, v.trouble, v.foot = newWords(v), newTrouble(v), newFoot(v)
	v.well = kit.Stack(v.inWell()...)
	v.content = kit.Stack(v.framed())
	v.screen.Pause()
	v.show()
}

// framed is the screen with all that belongs to it.
func (v *view) framed() fyne.CanvasObject {
	return kit.Col(0, v.trouble.content, kit.Grow(v.well), v.foot.content)
}

// inWell is what lies in the frame of the screen.
func (v *view) inWell() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		kit.NewBox(theme.Terminal, theme.Line, wellRadius),
		kit.PadAll(wellInset, v.scroll),
		v.dim,
		kit.At(.5, 0, kit.Pad(barTop, 0, 0, 0, v.bar.content)),
		kit.Center(v.words.content),
	}
}

// setVisible says whether the screen can be seen. A screen that cannot takes
// neither pictures nor keys.
func (v *view) setVisible(visible bool) {
	if v.visible == visible {
		return
	}
	v.visible = visible
	if visible {
		v.screen.Resume()
		v.unbind = v.bindReleased()
	} else {
		v.screen.Pause() // it gives the keyboard back, too
		v.endReleased()
		v.unbind()
	}
	v.machine.SetVisible(visible)
	v.look()
	v.follow()
}

// look follows whether the screen can be seen: it may be hidden, or its window
// minimised or covered. What nobody sees is not counted either.
func (v *view) look() {
	seen := v.kit.InSight()
	v.screen.SetSeen(seen)
	v.foot.setVisible(v.visible && seen)
	v.trouble.setVisible(v.visible && seen)
}

func (v *view) close() {
	if v.visible {
		v.endReleased()
		v.unbind()
	}
	v.visible = false
	v.unsight()
	v.letter.close()
	v.foot.setVisible(false)
	v.trouble.setVisible(false)
	v.machine.Stop()
	v.unregister()
	v.hearing.cancel()
	v.line.close()
}

// takeKeyboard gives the keyboard to the machine.
func (v *view) takeKeyboard() { v.kit.Win.Canvas().Focus(v.screen) }

// take gets what was loaded. After a failure the last known state stays: what
// the connection says is then more to the point.
func (v *view) take(row virt.VM, err error) {
	v.problem = err
	if err == nil {
		v.row, v.known = row, true
		if v.vm.Name != row.Name { // the line, which runs beside, keeps the name that it began with
			v.vm.Name = row.Name
		}
		v.screen.SetName(lang.L("Screen of {{.Name}}", map[string]any{"Name": row.Name}))
	}
	v.follow()
	v.onChange()
	if err == nil && v.line.connected() {
		v.askForChannel()
	}
}

// follow connects to a machine that is on, and hangs up when it is off or when
// nobody looks and there is no picture to keep up with.
func (v *view) follow() {
	_, on := virt.Can(virt.OpenConsole, v.row)
	switch {
	case !v.known:
	case !on:
		v.line.gaveUp = false
		v.line.hangUp()
	case v.visible && !v.line.open && !v.line.gaveUp:
		v.line.dial()
	case !v.visible && v.line.open && !v.line.connected():
		v.line.hangUp()
	}
	v.show()
}

// off says whether the machine is known to be off.
func (v *view) off() bool {
	_, on := virt.Can(virt.OpenConsole, v.row)
	return v.known && !on
}

// paused says whether the machine is known to stand still.
func (v *view) paused() bool { return v.known && v.row.State == virt.StatePaused }

// lineChanged hears of every change of the connection. A lost one may mean
// that the machine went off: ask before saying anything.
func (v *view) lineChanged() {
	if v.line.status.State == vnc.Lost {
		v.machine.Changed()
	}
	if !v.visible && v.line.open && !v.line.connected() {
		v.line.hangUp()
		return
	}
	if v.line.connected() {
		v.askForChannel()
	}
	v.fresh = true
	v.kit.After(calm, func() {
		v.fresh = false
		v.show()
	})
	v.show()
}

// show shows how things stand.
func (v *view) show() {
	connected := v.line.connected()
	v.dim.Hidden = connected || v.screenIsDim() || !v.hasPicture()
	v.dim.Refresh()
	v.bar.show(v.wantsBar())
	v.hearing.follow()
	v.words.show()
	v.trouble.show()
	v.foot.show()
	v.scroll.Refresh() // a guest of another size wants another scroller
	v.content.Refresh()
	v.onShow()
}

// screenIsDim says whether the widget itself has dimmed its last picture.
func (v *view) screenIsDim() bool { return v.line.status.State != vnc.Connected }

// hasPicture says whether there is a picture, live or the last one.
func (v *view) hasPicture() bool { return v.updates.Load() > 0 }

func (v *view) focus(focused bool) {
	v.focused, v.atTop = focused, v.atTop && focused
	if focused {
		v.endReleased()
	}
	v.show()
}

// pointer shows the bar to who comes near it.
func (v *view) pointer(at fyne.Position) {
	y := at.Y - v.scroll.Offset.Y
	v.onPointer(y)
	atTop := y < barReach
	if atTop == v.atTop {
		return
	}
	v.atTop = atTop
	v.bar.show(v.wantsBar())
}

// wantsBar says whether the bar floats over the screen.
func (v *view) wantsBar() bool {
	return v.line.connected() && !v.full && (!v.focused || v.atTop)
}

// traced counts pictures and tells the trace; it runs on any goroutine.
func (v *view) traced(event string) {
	if event == vnc.TraceUpdateReceived {
		v.updates.Add(1)
	}
	trace.Emit(event, "vm", v.vm.ID)
}

// shotMenu offers what can be done with the picture. busy shows that one is taken.
func (v *view) shotMenu(busy kit.Busy) []kit.MenuItem {
	return append(append(parts.ScreenshotMenu(v.kit, v.svc, v.vm, busy), kit.MenuLine()), v.recordMenu()...)
}

// stats describe the picture; they are asked for on any goroutine.
func (v *view) stats() kit.ConsoleStats {
	s := v.screen.Stats()
	return kit.ConsoleStats{Width: s.Width, Height: s.Height, Hash: s.Hash, Updates: s.Updates}
}

// noScreen says whether the machine has no screen that could be shown.
func (v *view) noScreen() bool {
	return v.line.gaveUp && errors.Is(v.line.status.Err, virt.ErrUnsupported)
}
