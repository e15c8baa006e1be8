package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// showProblem tells of a failure: what happened, why, what to do, and on demand
// what libvirt or the system said.
func showProblem(k *kit.Kit, p kit.Problem) {
	const width = kit.NarrowDialog - 2*24
	body := kit.Col(12)
	if p.Hint != "" {
		body.Add(kit.RowTop(8, kit.NewIcon("lightbulb", 16, theme.Accent), kit.Grow(kit.NewParagraph(kit.BodyText, lang.L(p.Hint), width-24))))
	}
	if p.Detail != "" {
		body.Add(kit.Stack(kit.NewBox(theme.Inset, theme.Line, 8), kit.PadAll(12, kit.NewParagraph(kit.MonoText, p.Detail, width-24))))
	}
	spec := kit.DialogSpec{
		Title: p.Title, Text: p.Why, Tile: kit.NewIconTile("circle-alert", theme.Err, 40),
		Cancel: lang.L("Close"), Alert: true,
	}
	if len(body.Objects) > 0 {
		spec.Body = body
	}
	if p.Err != nil {
		spec.Left = kit.Link("copy", lang.L("Copy"), func() { copyText(k.App, p) })
	}
	kit.NewDialog(spec).Open(k.Win.Canvas())
}

func copyText(app fyne.App, p kit.Problem) {
	app.Clipboard().SetContent(p.Title + "\n" + p.Why + "\n" + p.Err.Error())
}
