package console

import (
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc"
)

// scalingMenu offers the sizes of a screen.
func (b *bar) scalingMenu() []kit.MenuItem {
	fixed := ""
	if !b.view.screen.CanFollow() {
		fixed = lang.L("Its screen takes no other size; with virtio video it would.")
	}
	item := func(icon, label string, how vnc.Scaling) kit.MenuItem {
		return kit.MenuItem{Icon: icon, Label: label, Checked: b.scaling == how, Do: func() { b.scale(how) }}
	}
	follow := item("app-window", lang.L("The machine follows the window"), vnc.Follow)
	follow.Disabled = fixed
	return []kit.MenuItem{
		item("scan", lang.L("Fit into the window"), vnc.Fit),
		item("layout-grid", lang.L("Whole pixels, as large as fits"), vnc.Whole),
		item("maximize-2", lang.L("Actual size"), vnc.ActualSize),
		item("zoom-in", lang.L("Twofold"), vnc.Double),
		item("zoom-in", lang.L("Threefold"), vnc.Triple),
		item("zoom-in", lang.L("Fourfold"), vnc.Quadruple),
		follow,
	}
}

func (b *bar) scale(how vnc.Scaling) {
	b.scaling = how
	b.fit.SetLabel(scalingLabel(how))
	b.view.screen.SetScaling(how)
	b.view.show()
}

// refused ends following: the machine's screen has sizes of its own.
func (b *bar) refused() {
	if b.scaling == vnc.Follow {
		b.scale(vnc.Fit)
	}
}

// scalingLabel is what the bar calls the size that was chosen.
func scalingLabel(how vnc.Scaling) string {
	switch how {
	case vnc.ActualSize:
		return lang.L("Actual size")
	case vnc.Follow:
		return lang.L("Follows the window")
	case vnc.Whole:
		return lang.L("Whole pixels")
	case vnc.Double:
		return lang.L("Twofold")
	case vnc.Triple:
		return lang.L("Threefold")
	case vnc.Quadruple:
		return lang.L("Fourfold")
	default:
		return lang.L("Fit")
	}
}
