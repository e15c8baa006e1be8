package ui

import (
	"context"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	_ "github.com/kvmmanager/kvm-manager/ui/locale" // a test run under LANG=C speaks English, too
)

// house is a window over a real host, and what a test does in it.
type house struct {
	*kittest.Window
	t      testing.TB
	svc    *services.Services
	ctx    context.Context // the test's
	window *Window
}

// open opens the window over a private host of libvirt's test driver.
func open(t testing.TB, file string) *house {
	t.Helper()
	return openURI(t, virttest.TestHost(t, file))
}

// openURI opens the window over hosts that were looked at before: the findings about
// a new one open by themselves, whenever they are there.
func openURI(t testing.TB, uris ...string) *house {
	t.Helper()
	svc, ctx := virttest.OpenURI(t, uris...)
	if err := svc.Settings.Set(ctx, setting.NameCheckNewHosts, "false"); err != nil {
		t.Fatal(err)
	}
	return openOver(t, svc, ctx)
}

// openFirst opens the window for the first time.
func openFirst(t testing.TB, uris ...string) *house {
	t.Helper()
	svc, ctx := virttest.OpenURI(t, uris...)
	return openOver(t, svc, ctx)
}

func openOver(t testing.TB, svc *services.Services, ctx context.Context) *house { //nolint:revive // t comes first in tests
	t.Helper()
	if err := kit.LoadWords(); err != nil {
		t.Fatal(err)
	}
	h := &house{Window: kittest.OpenAs(t, ctx, svc), t: t, svc: svc, ctx: ctx}
	h.window = NewWindow(h.Kit, svc)
	h.Kit.OnError(func(_ *kit.Kit, p kit.Problem) { t.Errorf("%s: %s %s", p.Title, p.Why, p.Detail) })
	h.Win.Show()
	h.Win.Resize(fyne.NewSize(1280, 800))
	return h
}

// find returns the first element of the role whose name begins with the words.
func (h *house) find(role, name string) (kit.Element, bool) {
	return findIn(kit.Accessibility(h.Win, 1), role, name)
}

func findIn(e kit.Element, role, name string) (kit.Element, bool) {
	if e.Role == role && strings.HasPrefix(e.Name, name) {
		return e, true
	}
	for _, child := range e.Children {
		if found, ok := findIn(child, role, name); ok {
			return found, true
		}
	}
	return kit.Element{}, false
}

func (h *house) has(role, name string) bool {
	_, ok := h.find(role, name)
	return ok
}

// must waits for the element.
func (h *house) must(role, name string) kit.Element {
	h.t.Helper()
	var found kit.Element
	h.Until("there is a "+role+" "+name, func() (ok bool) {
		found, ok = h.find(role, name)
		return ok
	})
	return found
}

// click presses the pointer in the middle of the element.
func (h *house) click(e kit.Element, button desktop.MouseButton) {
	h.t.Helper()
	at := fyne.NewPos(float32(e.X+e.W/2), float32(e.Y+e.H/2))
	h.tapAt(at, button)
	h.Flush()
}

func (h *house) tapAt(at fyne.Position, button desktop.MouseButton) {
	if pressed, ok := deepest(h.Win.Canvas(), at); ok {
		local := at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(pressed))
		event := &desktop.MouseEvent{PointEvent: fyne.PointEvent{AbsolutePosition: at, Position: local}, Button: button}
		if mouse, ok := pressed.(desktop.Mouseable); ok {
			mouse.MouseDown(event)
			mouse.MouseUp(event)
		}
		if tapped, ok := pressed.(fyne.Tappable); ok && button == desktop.MouseButtonPrimary {
			tapped.Tapped(&event.PointEvent)
		}
	}
}

// row returns the row of a machine in the table.
func (h *house) row(name string) kit.Element {
	h.t.Helper()
	return h.must("table row", name)
}

// says waits until the row has a cell with the words.
func (h *house) says(machine, words string) {
	h.t.Helper()
	h.Until(machine+" says "+words, func() bool {
		row, ok := h.find("table row", machine)
		return ok && slices.ContainsFunc(row.Children, func(c kit.Element) bool { return strings.Contains(c.Name, words) })
	})
}

func (h *house) press(key fyne.KeyName) {
	h.t.Helper()
	if focused := h.Win.Canvas().Focused(); focused != nil {
		focused.TypedKey(&fyne.KeyEvent{Name: key})
	} else {
		h.Win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key})
	}
	h.Flush()
}

// combine presses a key with modifiers.
func (h *house) combine(keys string) {
	h.t.Helper()
	k := kit.MustKeys(keys)
	s := &desktop.CustomShortcut{KeyName: k.Key, Modifier: k.Mod}
	if focused, ok := h.Win.Canvas().Focused().(fyne.Shortcutable); ok {
		focused.TypedShortcut(s)
	} else if c, ok := h.Win.Canvas().(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
	h.Flush()
}

func (h *house) state(name string) virt.VMState {
	h.t.Helper()
	host := virttest.Host(h.t, h.svc, h.ctx)
	vms, err := h.svc.VMs.List(h.ctx, host)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, vm := range vms {
		if vm.Name == name {
			return vm.State
		}
	}
	return ""
}

func (h *house) ref(name string) virt.Ref {
	h.t.Helper()
	ref, err := h.svc.VMs.Find(h.ctx, virttest.Host(h.t, h.svc, h.ctx), name)
	if err != nil {
		h.t.Fatal(err)
	}
	return ref
}

// deepest returns what takes a click at the place: the last drawn object there
// that takes any.
func deepest(c fyne.Canvas, at fyne.Position) (fyne.CanvasObject, bool) {
	root := c.Content()
	if top := c.Overlays().Top(); top != nil {
		root = top
	}
	var found fyne.CanvasObject
	var walk func(o fyne.CanvasObject, pos fyne.Position)
	walk = func(o fyne.CanvasObject, pos fyne.Position) {
		pos = pos.Add(o.Position())
		inside := at.X >= pos.X && at.Y >= pos.Y && at.X < pos.X+o.Size().Width && at.Y < pos.Y+o.Size().Height
		if !o.Visible() || !inside {
			return
		}
		if _, ok := o.(fyne.Tappable); ok {
			found = o
		} else if _, ok := o.(desktop.Mouseable); ok {
			found = o
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child, pos)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				walk(child, pos)
			}
		}
	}
	walk(root, fyne.Position{})
	return found, found != nil
}

func names(w *work) []string {
	var all []string
	for _, tab := range w.tabs {
		all = append(all, w.label(tab).Name)
	}
	return all
}
