package console

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// page is the tab of a machine's page. While the screen has a window of its
// own the tab says so.
type page struct {
	consoles *Consoles
	vm       virt.Ref
	view     *view    // nil while the screen is in its window
	serials  *serials // with view
	address  *kit.Button
	tools    *fyne.Container // above the screen
	goThere  *kit.Button     // instead of a view
	tellsWhy fyne.CanvasObject
	content  *fyne.Container
	visible  bool
	unbind   func() // takes the page's key combination away; nil while it has none
}

func newPage(c *Consoles, vm virt.Ref) *page {
	p := &page{consoles: c, vm: vm, content: kit.Stack()}
	p.goThere = kit.Primary("app-window", lang.L("Go to the window"), func() { c.OpenWindow(vm) })
	p.tellsWhy = kit.NewCard("", nil, kit.NewEmptyState("app-window",
		lang.L("The screen is shown in its own window"), lang.L("It is shown in one place at a time."),
		p.goThere, kit.Secondary("", lang.L("Show it here"), func() { c.CloseWindow(vm) })))
	c.pages[p] = true
	p.follow()
	return p
}

// follow shows the screen here or says where it is.
func (p *page) follow() {
	if p.consoles.hasWindow(p.vm) {
		p.drop()
		p.content.Objects = []fyne.CanvasObject{kit.Pad(0, 0, 24, 0, p.tellsWhy)}
	} else if p.view == nil {
		p.view = newView(p.consoles, p.consoles.kit, p.vm)
		p.view.onChange = p.showTools
		p.view.onFull = p.fullScreen
		p.serials = newSerials(p.consoles.kit, p.consoles.svc, p.vm, p.view)
		p.serials.onChange = p.showTools
		p.content.Objects = []fyne.CanvasObject{kit.Col(10, p.newTools(), kit.Grow(p.serials.body))}
		p.serials.setVisible(p.visible)
		p.showTools()
	} else {
		p.view.show()
	}
	p.content.Refresh()
}

// newTools makes the buttons above the screen.
func (p *page) newTools() fyne.CanvasObject {
	c := p.consoles
	window := kit.Secondary("external-link", lang.L("Open in window"), func() { c.openShowing(p.vm, p.serials.chosen) }).Small()
	full := kit.Secondary("maximize", lang.L("Full screen"), p.fullScreen).Small()
	p.address = kit.Secondary("info", lang.L("Address"), nil).Small()
	p.address.OnPress(func() { c.showAddress(p.address, p.vm) })
	p.tools = kit.Row(8, p.serials.chooser, kit.Spacer(), full, window, p.address)
	return p.tools
}

// showTools greys out what a machine that is off does not have.
func (p *page) showTools() {
	p.address.Hidden = p.serials.current() != nil
	p.tools.Refresh()
	reason, on := virt.Can(virt.OpenConsole, p.view.row)
	if p.view.known && !on {
		p.address.DisableBecause(lang.L(reason))
		return
	}
	p.address.Enable()
}

// drop ends the screen of the tab.
func (p *page) drop() {
	if p.view != nil {
		p.serials.close()
		p.view.close()
		p.view, p.serials = nil, nil
	}
}

// Content is part of kit.Page.
func (p *page) Content() fyne.CanvasObject { return p.content }

func (p *page) fullScreen() {
	shown := ""
	if p.serials != nil {
		shown = p.serials.chosen
	}
	p.consoles.openFull(p.vm, shown)
}

// SetVisible is part of kit.Page.
func (p *page) SetVisible(visible bool) {
	if visible && p.unbind == nil {
		p.unbind = p.consoles.kit.Shortcuts.Add(fullScreenShortcut(p.fullScreen))
	} else if !visible {
		p.release()
	}
	p.visible = visible
	if p.serials != nil {
		p.serials.setVisible(visible)
	}
}

// release gives the page's key combination back.
func (p *page) release() {
	if p.unbind != nil {
		p.unbind()
		p.unbind = nil
	}
}

// Close is part of kit.Page.
func (p *page) Close() {
	p.release()
	delete(p.consoles.pages, p)
	p.drop()
}

// Focusable returns what takes the keys: the machine's screen or a port.
func (p *page) Focusable() fyne.Focusable {
	if p.view == nil {
		return p.goThere
	}
	return p.serials.focusable()
}
