package console

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// foot is the line below the screen: whose keyboard it is and how to get it
// back, and how live the picture is.
type foot struct {
	view     *view
	icon     *kit.Icon
	owner    *kit.Text
	key      fyne.CanvasObject
	lets     *kit.Text
	pictures *kit.Text
	content  *fyne.Container

	visible bool
	ticking func()
	counted int64 // updates at the last tick
}

// footGap lies between screen and line; footHeight is that of a key cap.
const footGap, footHeight = 12, 20

func newFoot(v *view) *foot {
	f := &foot{view: v, icon: kit.NewIcon("keyboard", 14, theme.Muted), owner: kit.NewText(kit.SmallText, "")}
	f.key = kit.NewTag(lang.L("Left Ctrl + Alt"))
	f.lets = kit.NewText(kit.SmallText, lang.L("lets go"))
	f.pictures = kit.NewText(kit.SmallText, "")
	f.content = kit.Pad(footGap, 0, 0, 0, kit.Height(footHeight, kit.Row(7, f.icon, f.owner, kit.Gap(2, 1), f.key, f.lets, kit.Spacer(), f.pictures)))
	return f
}

func (f *foot) setVisible(visible bool) {
	f.visible = visible
	f.count()
}

func (f *foot) show() {
	connected, held := f.view.line.connected(), f.view.line.connected() && f.view.focused
	f.icon.Hidden, f.owner.Hidden, f.pictures.Hidden = !connected, !connected, !connected
	f.key.Hide()
	f.lets.Hidden = !held
	if held {
		f.key.Show()
		f.icon.SetIcon("lock")
		f.icon.SetToken(theme.Accent)
		f.owner.SetText(lang.L("The keyboard belongs to the machine"))
		f.owner.SetToken(theme.Text)
	} else {
		f.icon.SetIcon("keyboard")
		f.icon.SetToken(theme.Muted)
		f.owner.SetText(lang.L("Click the screen to type in the machine"))
		f.owner.SetToken(theme.Muted)
	}
	if !connected {
		f.pictures.SetText("")
	}
	f.content.Refresh()
	f.count()
}

// count counts the pictures of each second in which somebody sees them.
func (f *foot) count() {
	counts := f.visible && f.view.line.connected()
	switch {
	case counts && f.ticking == nil:
		f.counted = f.view.updates.Load()
		f.ticking = f.view.kit.After(time.Second, f.tick)
	case !counts && f.ticking != nil:
		f.ticking()
		f.ticking = nil
	}
}

func (f *foot) tick() {
	f.ticking = nil
	pictures := int(f.view.updates.Load() - f.counted)
	f.pictures.SetText(lang.N("VNC, {{.Count}} pictures a second", pictures, map[string]any{"Count": pictures}))
	f.content.Refresh()
	f.count()
}
