package console

import (
	"fmt"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// functionKeys are F1 to F12.
var functionKeys = []rfb.KeyCode{
	rfb.KeyF1, rfb.KeyF2, rfb.KeyF3, rfb.KeyF4, rfb.KeyF5, rfb.KeyF6,
	rfb.KeyF7, rfb.KeyF8, rfb.KeyF9, rfb.KeyF10, rfb.KeyF11, rfb.KeyF12,
}

// keyMenu are the keys that the window or the desktop would take themselves.
func (v *view) keyMenu() []kit.MenuItem {
	var consoles []kit.MenuItem
	for i, f := range functionKeys {
		consoles = append(consoles, v.keys(fmt.Sprintf("Ctrl+Alt+F%d", i+1), rfb.KeyLeftCtrl, rfb.KeyLeftAlt, f))
	}
	items := []kit.MenuItem{
		v.keys("Ctrl+Alt+Delete", rfb.KeyLeftCtrl, rfb.KeyLeftAlt, rfb.KeyDelete),
		v.keys("Ctrl+Alt+Backspace", rfb.KeyLeftCtrl, rfb.KeyLeftAlt, rfb.KeyBackspace),
		{Label: lang.L("Ctrl+Alt+F1 to F12"), Sub: consoles},
		kit.MenuLine(),
		v.keys("Print Screen", rfb.KeySysRq),
		v.keys("Alt+Tab", rfb.KeyLeftAlt, rfb.KeyTab),
		v.keys("Alt+F4", rfb.KeyLeftAlt, rfb.KeyF4),
		v.keys("Super", rfb.KeyLeftMeta),
		v.keys("Ctrl+Esc", rfb.KeyLeftCtrl, rfb.KeyEsc),
		v.keys("Pause", rfb.KeyPause),
	}
	if own := v.ownKeys(); len(own) > 0 {
		items = append(append(items, kit.MenuLine()), own...)
	}
	return append(items, kit.MenuLine(),
		kit.MenuItem{Label: lang.L("Own key combinations…"), Do: v.editKeys},
		kit.MenuItem{Label: lang.L("Type text…"), Do: v.typeText})
}

// keys sends the combination and gives the keyboard to the machine, where the
// person will want to go on.
func (v *view) keys(name string, codes ...rfb.KeyCode) kit.MenuItem {
	return kit.MenuItem{Label: lang.L(name), Do: func() { v.send(codes...) }}
}

func (v *view) send(codes ...rfb.KeyCode) {
	v.screen.SendKeys(codes...)
	v.takeKeyboard()
}
