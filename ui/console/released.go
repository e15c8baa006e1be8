package console

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// releasedFor is how long single keys mean something after the host key: no
// longer, for in a page they have other meanings, such as Delete.
const releasedFor = 5 * time.Second

// letGo is called when the host key gave the keyboard back. For a moment single
// keys do what one lets go for.
func (v *view) letGo() {
	v.endReleased()
	v.released = v.kit.After(releasedFor, v.endReleased)
	v.show()
}

// endReleased gives single keys their own meaning back.
func (v *view) endReleased() {
	if v.released != nil {
		v.released()
		v.released = nil
		v.show()
	}
}

// bindReleased makes the keys known while the view is seen.
func (v *view) bindReleased() (unbind func()) {
	key := func(id, name string, key fyne.KeyName, do func()) kit.Shortcut {
		return kit.Shortcut{
			ID: "console.released." + id, Name: name, Group: lang.L("Console, after {{.Keys}}", map[string]any{"Keys": v.letter.words()}), Keys: kit.Keys{Key: key},
			When: func() bool { return v.released != nil && v.kit.Win.Canvas().Focused() == nil },
			Do: func() {
				v.endReleased()
				do()
			},
		}
	}
	return v.kit.Shortcuts.Add(
		key("full", lang.L("Full screen"), fyne.KeyF, func() { v.onFull() }),
		key("delete", "Ctrl+Alt+Delete", fyne.KeyDelete, func() { v.send(rfb.KeyLeftCtrl, rfb.KeyLeftAlt, rfb.KeyDelete) }),
		key("keys", lang.L("Send keys"), fyne.KeyK, func() { v.menuUnder(v.keyMenu()) }),
		key("screenshot", lang.L("Screenshot"), fyne.KeyS, func() { v.menuUnder(v.shotMenu(v.bar.shot)) }),
	)
}

// rebind lists the keys under those that let go now.
func (v *view) rebind() {
	if v.unbind != nil && v.visible {
		v.unbind()
		v.unbind = v.bindReleased()
		v.show()
	}
}

// menuUnder opens a menu in the middle of the top edge, where the bar is.
func (v *view) menuUnder(items []kit.MenuItem) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.content)
	kit.ShowMenu(v.kit.Win.Canvas(), at.AddXY(v.content.Size().Width/2, barReach), items)
}
