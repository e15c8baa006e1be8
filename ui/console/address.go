package console

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// addressWidth is how wide the rows of the popover are, and addressNames the
// names in them.
const addressWidth, addressNames = 340, 64

// showAddress tells where the screen is served, and opens it in another viewer.
func (c *Consoles) showAddress(owner *kit.Button, vm virt.Ref) {
	load := func(ctx context.Context) (virt.Graphics, error) { return c.svc.VMs.Address(ctx, vm) }
	kit.Load(c.kit, load, func(g virt.Graphics) {
		rows := kit.Col(2, kit.Pad(0, 0, 6, 0, kit.NewText(kit.HeadingText, lang.L("Connection details"))))
		for _, fact := range addressFacts(g) {
			rows.Add(addressRow(c.kit, fact.name, fact.value))
		}
		rows.Add(kit.Pad(8, 0, 0, 0, plainRow(lang.L("Password"), passwordWord(g))))
		other := kit.Secondary("external-link", lang.L("Open in another viewer"), nil).Small()
		rows.Add(kit.Pad(14, 0, 4, 0, kit.Row(0, other)))
		popover := kit.ShowPopover(owner, lang.L("Connection details"), kit.Pad(14, 10, 12, 16, kit.Width(addressWidth, rows)))
		other.OnPress(func() {
			popover.Close()
			c.openViewer(owner, vm)
		})
	})
}

func passwordWord(g virt.Graphics) string {
	if g.Password {
		return lang.L("Set: other viewers ask for it")
	}
	return lang.L("Not set")
}

type addressFact struct{ name, value string }

func addressFacts(g virt.Graphics) []addressFact {
	if g.Socket != "" {
		return []addressFact{{lang.L("Socket"), g.Socket}}
	}
	port := strconv.Itoa(g.Port)
	return []addressFact{
		{lang.L("Host"), g.Listen},
		{lang.L("Port"), port},
		{lang.L("Address"), "vnc://" + g.Listen + ":" + port},
	}
}

func addressRow(k *kit.Kit, name, value string) fyne.CanvasObject {
	copied := kit.IconButton("copy", lang.L("Copy {{.Name}}", map[string]any{"Name": name}), func() {
		k.App.Clipboard().SetContent(value)
		k.Toast(kit.Toast{Icon: "copy", Title: lang.L("Copied"), Text: value})
	})
	return kit.Row(10, kit.Width(addressNames, kit.NewText(kit.SmallText, name)), kit.Grow(kit.NewText(kit.MonoText, value).Shorten()), copied)
}

// plainRow is a fact that nobody wants to copy.
func plainRow(name, value string) fyne.CanvasObject {
	return kit.Row(10, kit.Width(addressNames, kit.NewText(kit.SmallText, name)), kit.Grow(kit.NewText(kit.BodyText, value)))
}
