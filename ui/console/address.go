package console

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// addressWidth is how wide the rows of the popover are.
const addressWidth = 340

// showAddress tells where the screen is served, for other viewers.
func showAddress(k *kit.Kit, owner fyne.CanvasObject, load func(context.Context) (virt.Graphics, error)) {
	kit.Load(k, load, func(g virt.Graphics) {
		rows := kit.Col(2, kit.Pad(0, 0, 6, 0, kit.NewText(kit.HeadingText, lang.L("Address of the screen"))))
		for _, fact := range addressFacts(g) {
			rows.Add(addressRow(k, fact.name, fact.value))
		}
		if g.Password {
			rows.Add(kit.Pad(6, 0, 0, 0, kit.NewText(kit.SmallText, lang.L("Other viewers need the machine's password."))))
		}
		kit.ShowPopover(owner, lang.L("Address of the screen"), kit.Pad(14, 10, 12, 16, kit.Width(addressWidth, rows)))
	})
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
	return kit.Row(10, kit.Width(64, kit.NewText(kit.SmallText, name)), kit.Grow(kit.NewText(kit.MonoText, value).Shorten()), copied)
}
