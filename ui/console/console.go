// Package console shows the screens of machines: in a tab of the machine's page
// or in a window of their own.
package console

import (
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// TabID names the tab in links and flags.
const TabID = "console"

// Consoles are the screens of machines that one window, and the windows it
// opened for them, show. All methods are called on the UI goroutine.
type Consoles struct {
	kit     *kit.Kit // of the window with the tabs
	main    *kit.Kit // of the window that lasts as long as the program
	svc     *services.Services
	windows map[virt.Ref]*window
	pages   map[*page]bool
	*recorder
}

// A recorder knows what is recorded, in whichever window that was begun.
type recorder struct {
	recordings map[virt.Ref]*recording // by Ref.Key
	recorded   string                  // path of the last one that ended; empty: none did
}

// New makes the consoles of the kit's window.
func New(k *kit.Kit, svc *services.Services) *Consoles {
	return &Consoles{kit: k, main: k, svc: svc, windows: map[virt.Ref]*window{}, pages: map[*page]bool{}, recorder: &recorder{recordings: map[virt.Ref]*recording{}}}
}

// In returns the consoles of a further window. Both know of each other's windows.
func (c *Consoles) In(k *kit.Kit) *Consoles {
	in := *c
	in.kit = k
	return &in
}

// Tab returns the tab of a machine's page that shows its screen.
func (c *Consoles) Tab() kit.Tab[virt.Ref] {
	return kit.Tab[virt.Ref]{
		ID: TabID, Title: lang.L("Console"), Icon: "monitor",
		New: func(vm virt.Ref) kit.Page { return newPage(c, vm) },
	}
}

// OpenWindow shows the machine's screen in a window of its own, or brings that
// window to the front.
func (c *Consoles) OpenWindow(vm virt.Ref) {
	if w := c.windows[vm.Key()]; w != nil {
		w.win.RequestFocus()
		return
	}
	c.windows[vm.Key()] = openWindow(c, vm)
	c.tell(vm)
}

// openShowing is OpenWindow that begins with the port of that key, as the tab did;
// empty for the screen.
func (c *Consoles) openShowing(vm virt.Ref, key string) {
	had := c.hasWindow(vm)
	c.OpenWindow(vm)
	if !had {
		c.windows[vm.Key()].serials.wished = key
	}
}

// CloseWindow closes the window that OpenWindow opened, if there is one.
func (c *Consoles) CloseWindow(vm virt.Ref) {
	if w := c.windows[vm.Key()]; w != nil {
		w.win.Close()
	}
}

// forget is called when a window has closed.
func (c *Consoles) forget(vm virt.Ref) {
	delete(c.windows, vm.Key())
	c.tell(vm)
}

// tell lets the tabs of the machine, and its window, know that the window opened or
// closed, or a recording began or ended.
func (c *Consoles) tell(vm virt.Ref) {
	for p := range c.pages {
		if p.vm.Same(vm) {
			p.follow()
		}
	}
	if w := c.windows[vm.Key()]; w != nil {
		w.view.show()
	}
}

// hasWindow says whether the machine's screen has a window of its own.
func (c *Consoles) hasWindow(vm virt.Ref) bool { return c.windows[vm.Key()] != nil }
