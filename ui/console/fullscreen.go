package console

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// fullScreenKeys show a machine on the whole monitor, and again in its window,
// while the keyboard is not the machine's.
const fullScreenKeys = "F11"

// OpenFullScreen shows the machine's screen on the whole monitor. Where it had no
// window of its own, leaving full screen leads back to the tab.
func (c *Consoles) OpenFullScreen(vm virt.Ref) { c.openFull(vm, "") }

// openFull is OpenFullScreen that begins as openShowing does.
func (c *Consoles) openFull(vm virt.Ref, key string) {
	own := c.hasWindow(vm)
	c.openShowing(vm, key)
	w := c.windows[vm.Key()]
	w.passing = !own
	w.setFull(true)
}

// toggleFull enters or leaves full screen.
func (w *window) toggleFull() {
	if w.full && w.passing {
		w.win.Close()
		return
	}
	w.setFull(!w.full)
}

// setFull shows what the window shows on the whole monitor, or in the window.
func (w *window) setFull(full bool) {
	if w.full == full {
		return
	}
	w.full = full
	w.view.setFull(full)
	w.win.SetFullScreen(full)
	w.arrange()
	if full {
		w.top.greet()
	} else {
		w.top.stop()
	}
	w.serials.takeKeyboard()
}

// arrange puts the parts together.
func (w *window) arrange() {
	if w.full {
		w.stage.SetPage(kit.Stack(kit.NewBox(theme.Terminal, theme.None, 0), w.serials.body, kit.Col(0, w.edge), w.top.place.Content))
		return
	}
	w.stage.SetPage(kit.Pad(8, 12, 10, 12, kit.Col(8, w.serials.bar, kit.Grow(w.serials.body))))
}

// fullScreenShortcut is the key combination of full screen.
func fullScreenShortcut(do func()) kit.Shortcut {
	keys, _ := kit.ParseKeys(fullScreenKeys) // a constant
	return kit.Shortcut{ID: "console.fullscreen", Name: lang.L("Full screen"), Group: lang.L("Console"), Keys: keys, Do: do}
}

// setFull leaves nothing but the screen, or shows what belongs to it again.
func (v *view) setFull(full bool) {
	v.full = full
	if full {
		v.content.Objects = []fyne.CanvasObject{kit.Col(0, v.trouble.content, kit.Grow(kit.Stack(v.scroll, v.dim, kit.Center(v.words.content))))}
	} else {
		v.well.Objects = v.inWell()
		v.content.Objects = []fyne.CanvasObject{v.framed()}
	}
	v.content.Refresh()
	v.show()
}
