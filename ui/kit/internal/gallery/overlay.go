package main

import (
	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// showDialog opens a dialog with a form over the page.
func showDialog(stage *kit.Stage, win fyne.Window) {
	showPage(stage, win)
	name, memory := kit.NewEntry("Name", "web-frontend-02"), kit.NewEntry("Memory", "").WithUnit("GiB")
	memory.SetText("2")
	kit.NewDialog(kit.DialogSpec{
		Width: kit.WideDialog, Title: "New machine", Text: "A machine with an empty disk. It starts when it is made.",
		Body: kit.Col(13, kit.NewFormRow("Name", "How you will find it", name), kit.NewFormRow("Memory", "Of 16 GiB on this host", memory),
			kit.NewFormRow("Start it", "", kit.NewCheckbox("When it is made", nil))),
		Left: kit.Link("terminal", "Show command", nil), Action: kit.Primary("", "Create", nil),
	}).Open(win.Canvas())
}

// showDanger asks before a machine is deleted.
func showDanger(stage *kit.Stage, win fyne.Window) {
	showPage(stage, win)
	kit.Confirm(win.Canvas(), kit.Question{
		Icon: "trash-2", Width: kit.WideDialog, Title: "Delete “db-primary”?", Text: "It is running and will be forced off. Unsaved work in it is lost.",
		Body:   kit.Col(10, kit.NewText(kit.StrongText, "Which disks go too?"), kit.NewCheckbox("vda, system", nil), kit.NewChip("archive", "Last backup today 04:12", theme.OK)),
		Action: "Delete machine", Remember: func() {},
	}, func() {})
}

// showMenu opens a menu over the page.
func showMenu(stage *kit.Stage, win fyne.Window) {
	showPage(stage, win)
	kit.ShowMenu(win.Canvas(), fyne.NewPos(400, 160), machineMenu())
}
