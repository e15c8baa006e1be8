package console

import (
	"fmt"
	"image"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc"
)

// bar floats over the screen. It leaves when the machine has the keyboard, and
// comes back to a pointer at the top.
type bar struct {
	view    *view
	keys    *kit.Button
	shot    *kit.Button
	clip    *kit.Button
	fit     *kit.Button
	size    *kit.Text
	scaling vnc.Scaling
	content *kit.ToolBar
}

func newBar(v *view) *bar {
	b := &bar{view: v, size: kit.NewText(kit.SmallText, "")}
	b.keys = kit.Quiet("keyboard", lang.L("Send keys"), nil).Small()
	b.keys.OnPress(func() { kit.ShowMenuUnder(b.keys, v.keyMenu()) })
	b.shot = kit.IconMenuButton("camera", lang.L("Pictures and recordings"), func() []kit.MenuItem { return v.shotMenu(b.shot) })
	b.clip = kit.IconMenuButton("clipboard", lang.L("Clipboard"), v.clipboardMenu)
	b.fit = kit.Quiet("scan", lang.L("Fit"), nil).Small()
	b.fit.OnPress(func() { kit.ShowMenuUnder(b.fit, b.scalingMenu()) })
	b.content = kit.NewToolBar(lang.L("Console"), b.keys, b.clip, b.shot, v.hearing.button(), kit.ToolBarLine(), b.fit, kit.ToolBarLine(), b.size)
	b.content.Hide()
	v.screen.OnFixed = func() { v.kit.Do(b.refused) }
	return b
}

// show shows or hides the bar.
func (b *bar) show(visible bool) {
	size := image.Pt(b.view.line.status.Width, b.view.line.status.Height)
	if size != (image.Point{}) {
		b.size.SetText(fmt.Sprintf("%d × %d", size.X, size.Y))
	}
	if b.content.Visible() == visible {
		return
	}
	b.content.Hidden = !visible
	b.content.Refresh()
	b.view.well.Refresh()
}
