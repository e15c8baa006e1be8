package console

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/vt"
)

// A serialView is a port of a machine in a terminal, with what belongs to it: the
// banner over it, the words on it, the search and the line below.
type serialView struct {
	kit      *kit.Kit
	vm       virt.Ref
	port     vm.Port
	row      virt.VM
	terminal *vnc.Terminal
	line     *serialLine
	asks     func() // asks for the machine's state anew

	visible bool
	focused bool
	quiet   bool        // the line has just changed: say nothing yet
	heard   atomic.Bool // the machine has said something

	taking  *kit.Button
	banner  *kit.Banner
	trouble *fyne.Container
	words   *serialWords
	find    *serialFind
	foot    *serialFoot
	letter  *letter
	content *fyne.Container
	ticking func() // calls the next second off; nil while nothing counts
}

func newSerialView(k *kit.Kit, svc *services.Services, machine virt.Ref, port vm.Port, asks func()) *serialView {
	v := &serialView{kit: k, vm: machine, port: port, asks: asks}
	v.terminal = vnc.NewTerminal(v.name(), terminalPalette())
	v.terminal.OnFocus = v.focus
	v.terminal.OnWritten = func() {
		if !v.heard.Swap(true) {
			k.Do(v.show)
		}
	}
	v.terminal.OnMenu = func(at fyne.Position) { kit.ShowMenu(k.Win.Canvas(), at, v.menu()) }
	v.terminal.OnResize = func() { k.After(0, v.foot.show) } // not in the middle of a layout
	v.line = newSerialLine(k, svc, machine, port.Device, v.terminal)
	v.letter = newLetter(k, svc.Settings, v.terminal, func() {})
	v.terminal.OnHostKey = func(e *fyne.KeyEvent) { kit.PassKey(v.terminal, e) }
	v.terminal.OnHostShortcut = func(s fyne.Shortcut) { kit.PassShortcut(v.terminal, s) }
	v.words, v.find, v.foot = newSerialWords(v, svc), newSerialFind(v), newSerialFoot(v)
	v.terminal.OnFind = v.find.open
	v.terminal.OnFound = func(f vnc.Found) { k.Do(func() { v.find.found(f) }) }
	v.terminal.OnTitle = func(title string) { k.Do(func() { v.foot.title(title) }) }
	v.line.changed = v.lineChanged
	v.arrange()
	return v
}

// terminalPalette is the one of package vt on the surface of consoles.
func terminalPalette() *vt.Palette {
	p := vt.DefaultPalette()
	c := theme.Color(theme.Terminal)
	p.Background = vt.RGB(c.R, c.G, c.B)
	return &p
}

func (v *serialView) arrange() {
	v.taking = kit.Secondary("plug", lang.L("Take it over"), func() { v.line.dial(true) }).Small()
	again := kit.Secondary("refresh-cw", lang.L("Try now"), func() { v.line.dial(false) }).Small()
	v.banner = kit.NewBanner(kit.WarnBanner, "", "", v.taking, again)
	v.trouble = kit.Pad(0, 0, 12, 0, v.banner)
	well := kit.Stack(
		kit.NewBox(theme.Terminal, theme.Line, wellRadius),
		kit.PadAll(wellInset, v.terminal),
		kit.Center(v.words.content),
		kit.At(1, 0, kit.Pad(barTop, barTop, 0, 0, v.find.content)),
	)
	v.content = kit.Col(0, v.trouble, kit.Grow(well), v.foot.content)
	v.terminal.Pause()
	v.show()
}

// name is what the port is called, with the machine's name.
func (v *serialView) name() string {
	return lang.L("{{.Port}} of {{.Name}}", map[string]any{"Port": portName(v.port), "Name": v.vm.Name})
}

// portName is what a port is called beside the machine's screen.
func portName(p vm.Port) string {
	if p.Serial {
		return lang.L("Serial {{.Number}}", map[string]any{"Number": p.Number + 1})
	}
	return lang.L("Console {{.Number}}", map[string]any{"Number": p.Number + 1})
}

// setVisible says whether the terminal can be seen. One that cannot takes no
// keys, but what the machine writes is kept.
func (v *serialView) setVisible(visible bool) {
	if v.visible == visible {
		return
	}
	v.visible = visible
	if visible {
		v.terminal.Resume()
	} else {
		v.terminal.Pause() // it gives the keyboard back, too
	}
	v.follow()
}

func (v *serialView) close() {
	v.visible = false
	v.letter.close()
	v.count()
	v.line.close()
}

// take gets the machine as it is now.
func (v *serialView) take(row virt.VM, port vm.Port) {
	v.row, v.port = row, port
	if v.vm.Name != row.Name {
		v.vm.Name = row.Name
	}
	v.line.setDevice(port.Device)
	v.terminal.SetName(v.name())
	v.follow()
}

// follow connects to a machine that is on, and hangs up when it is off or when
// nobody looks and nothing was ever said.
func (v *serialView) follow() {
	_, on := virt.Can(virt.OpenConsole, v.row)
	switch {
	case v.row.ID == "":
	case !on:
		v.line.gaveUp = false
		v.line.hangUp()
	case v.visible && !v.line.open && !v.line.gaveUp:
		v.line.dial(false)
	case !v.visible && v.line.open && !v.line.connected():
		v.line.hangUp()
	}
	v.show()
}

// off says whether the machine is known to be off.
func (v *serialView) off() bool {
	_, on := virt.Can(virt.OpenConsole, v.row)
	return v.row.ID != "" && !on
}

// lineChanged hears of every change of the connection. A lost one may mean that
// the machine went off: ask before saying anything.
func (v *serialView) lineChanged() {
	if v.line.status.State == vnc.Lost {
		v.asks()
	}
	v.quiet = !v.line.inUse()
	v.kit.After(calm, func() {
		v.quiet = false
		v.show()
	})
	v.show()
}

func (v *serialView) focus(focused bool) {
	v.focused = focused
	v.show()
}

// show shows how things stand.
func (v *serialView) show() {
	lost := v.line.lost() && !v.off()
	if !lost || !v.quiet || v.trouble.Visible() {
		v.trouble.Hidden = !lost
	}
	if lost {
		v.taking.Hidden = !v.line.inUse()
		v.banner.SetWords(v.troubleTitle(), v.troubleText())
	}
	v.words.show()
	v.foot.show()
	v.count()
	v.content.Refresh()
}

func (v *serialView) troubleTitle() string {
	switch {
	case v.line.inUse():
		return lang.L("Another program has this port open")
	case v.line.wasOpen:
		return lang.L("The connection to the port was lost")
	}
	return lang.L("The port cannot be opened")
}

func (v *serialView) troubleText() string {
	l := v.line
	switch {
	case l.inUse():
		return lang.L("Only one program at a time can read it. Taking it over ends the other one's connection.")
	case errors.Is(l.status.Err, virt.ErrUnsupported):
		return lang.L(virt.HintOf(l.status.Err))
	}
	why := lang.L("The machine ended the connection.")
	if !errors.Is(l.status.Err, io.EOF) {
		why = kit.Explain(l.status.Err).Why
	}
	wait := time.Until(l.retryAt)
	switch {
	case l.gaveUp:
		return why
	case l.status.State == vnc.Lost && wait > 0:
		return why + " " + lang.L("Trying again in {{.Time}}.", map[string]any{"Time": parts.Seconds(wait)})
	}
	return why + " " + lang.L("Trying again now.")
}

// count lets a second pass while there is something to count.
func (v *serialView) count() {
	counts := v.visible && v.trouble.Visible() && !v.line.gaveUp
	switch {
	case counts && v.ticking == nil:
		v.ticking = v.kit.After(time.Second, func() {
			v.ticking = nil
			v.show()
		})
	case !counts && v.ticking != nil:
		v.ticking()
		v.ticking = nil
	}
}

// menu is what can be done with the text and the terminal.
func (v *serialView) menu() []kit.MenuItem {
	t := v.terminal
	nothing := ""
	if !t.HasSelection() {
		nothing = lang.L("Nothing is marked.")
	}
	closed := ""
	if !v.line.connected() {
		closed = lang.L("The port is not open.")
	}
	return []kit.MenuItem{
		{Icon: "copy", Label: lang.L("Copy"), Shortcut: "Ctrl+Shift+C", Disabled: nothing, Do: t.Copy},
		{Icon: "clipboard-paste", Label: lang.L("Paste"), Shortcut: "Ctrl+Shift+V", Disabled: closed, Do: t.PasteClipboard},
		{Icon: "list", Label: lang.L("Select all"), Shortcut: "Ctrl+Shift+A", Do: t.SelectAll},
		{Icon: "search", Label: lang.L("Find…"), Shortcut: "Ctrl+Shift+F", Do: v.find.open},
		kit.MenuLine(),
		{Icon: "maximize-2", Label: lang.L("Tell the machine the size"), Disabled: closed, Do: v.tellSize},
		{Icon: "trash-2", Label: lang.L("Clear and reset"), Do: t.Clear},
	}
}

// tellSize types what tells a Unix shell the size, which a serial port cannot.
func (v *serialView) tellSize() {
	columns, rows := v.terminal.Cells()
	v.terminal.Type(fmt.Sprintf("stty rows %d cols %d\r", rows, columns))
	v.takeKeyboard()
}

func (v *serialView) takeKeyboard() { v.kit.Win.Canvas().Focus(v.terminal) }
