package main

import (
	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// showControls lays the small components out in three columns.
func showControls(stage *kit.Stage, _ fyne.Window) {
	left := kit.Col(14, buttons(), forms(), kit.Grow(kit.NewCard("", nil, kit.NewEmptyState("camera", "No snapshots yet",
		"A snapshot lets you go back when something breaks.", kit.Primary("camera", "Take snapshot", nil)))))
	middle := kit.Col(14, states(),
		kit.NewCard("Loading: still skeleton", nil, kit.NewSkeleton(3)),
		kit.NewBanner(kit.ErrBanner, "hv-lab does not answer", "Trying again in 12 s, data from 09:42", kit.Secondary("refresh-cw", "Try now", nil).Small()),
		kit.NewBanner(kit.OKBanner, "Restore tested", "gitlab booted from the backup in 41 s"),
		kit.NewBanner(kit.WarnBanner, "Two changes wait for the next start", "Memory, network card", kit.Link("", "Show changes", nil)),
		kit.NewBanner(kit.InfoBanner, "Machines made with other programs appear at once", "").Dismissable(),
		kit.Spacer())
	right := kit.Col(16, texts(), links(), kit.Spacer())
	stage.SetPage(kit.PadAll(20, kit.RowFill(18, kit.Grow(left), kit.Width(392, middle), kit.Width(344, right))))
	stage.Toast(kit.Toast{Title: "Snapshot taken", Text: "before-upgrade · web-frontend-01"})
	stage.Toast(kit.Toast{Icon: "trash-2", Token: theme.Muted, Title: "Moved to the trash", Text: "build-runner, 14 days", Action: "Undo"})
}

func line(name string, gap float32, objects ...fyne.CanvasObject) fyne.CanvasObject {
	label := kit.Width(62, kit.NewText(kit.MicroText, name))
	return kit.Row(gap, append([]fyne.CanvasObject{label}, objects...)...)
}

func buttons() fyne.CanvasObject {
	off := []*kit.Button{kit.Primary("plus", "New machine", nil), kit.Secondary("power", "Shut down", nil), kit.Quiet("", "Cancel", nil)}
	busy := []*kit.Button{kit.Primary("plus", "Creating…", nil), kit.Secondary("", "Shutting down…", nil)}
	for _, b := range off {
		b.DisableBecause("The machine is off")
	}
	for _, b := range busy {
		b.SetBusy(true)
	}
	return kit.NewCard("Buttons", nil, kit.Col(6,
		line("Normal", 6, kit.Primary("plus", "New", nil), kit.Secondary("power", "Shut down", nil), kit.Quiet("", "Cancel", nil), kit.Danger("", "Delete", nil)),
		line("Disabled", 8, off[0], off[1], off[2]),
		line("Loading", 8, busy[0], busy[1]),
		line("28 / icon", 8, kit.Secondary("copy", "Clone", nil).Small(), kit.DangerQuiet("trash-2", "Delete", nil).Small(),
			kit.IconButton("pencil", "Rename", nil), kit.IconButton("ellipsis", "More", nil), kit.MenuButton("24 hours", hours), kit.Link("", "Show", nil)),
		line("40", 8, kit.Primary("plus", "Create a machine", nil).Large(), kit.SecondaryIcon("pause-solid", "Pause", nil)),
	))
}

func hours() []kit.MenuItem {
	return []kit.MenuItem{{Label: "1 hour"}, {Label: "24 hours", Checked: true}, {Label: "30 days"}}
}

func forms() fyne.CanvasObject {
	normal, wrong := kit.NewEntry("Name", "Name"), kit.NewEntry("Name", "Name")
	normal.SetText("web-frontend-03")
	wrong.SetText("web frontend")
	wrong.SetWrong(true)
	field := kit.NewField("Error", "", wrong)
	field.SetProblem("No spaces. Try web-frontend")
	choice := kit.NewSelect("Cache", []kit.Option{{ID: "none", Label: "None, safest for live moves"}, {ID: "wb", Label: "Write back", Help: "Faster, less safe"},
		{ID: "uring", Label: "io_uring", Disabled: "Needs QEMU 8.1, this host has 7.2"}}, nil)
	choice.Choose("none")
	on, checked := kit.NewSwitch("On", nil), kit.NewCheckbox("Checked", nil)
	on.SetOn(true)
	checked.SetChecked(true)
	return kit.NewCard("Form controls", nil, kit.Col(10,
		kit.RowTop(12, kit.Grow(kit.NewField("Normal", "", normal)), kit.Grow(kit.NewField("Search", "", kit.NewSearch("Filter machines", nil)))),
		kit.RowTop(12, kit.Grow(field), kit.Grow(kit.NewField("Select", "Help stands here, always", choice))),
		kit.Row(16, checked, kit.NewCheckbox("Not", nil), kit.NewRadioGroup("Kind", nil, "One", "Other"), on, kit.NewSwitch("Off", nil)),
		kit.Row(12, kit.NewSegmented("Firmware", nil, "UEFI", "BIOS", "Secure Boot"), kit.Grow(kit.NewPassword("Password", "Password")))))
}

func states() fyne.CanvasObject {
	all, unused := kit.NewFilterChip("All", nil), kit.NewFilterChip("Unused", nil)
	all.SetOn(true)
	all.SetCount("14")
	unused.SetCount("2")
	badge, jobs := kit.NewBadge(theme.ErrFill), kit.NewBadge(theme.Fill)
	badge.SetCount(4)
	jobs.SetCount(120)
	level := func(share float64, words string) fyne.CanvasObject {
		return kit.Grow(kit.Row(10, kit.Grow(kit.NewLevelBar(share)), kit.NewText(kit.SmallMediumText, words)))
	}
	parts := kit.NewUsageBar(10)
	parts.SetSegments(kit.Segment{Share: .4, Token: theme.Accent}, kit.Segment{Share: .2, Token: theme.Violet}, kit.Segment{Share: .1, Token: theme.OK})
	return kit.NewCard("State and severity", nil, kit.Col(10,
		kit.Row(8, kit.NewChip("st-run", "Running", theme.OK), kit.NewChip("st-pause", "Paused", theme.Warn), kit.NewChip("st-off", "Off", theme.Muted), kit.NewChip("st-saved", "Saved", theme.Accent)),
		kit.Row(6, kit.NewChip("st-crash", "Crashed", theme.Err), kit.NewChip("triangle-alert", "Warning", theme.Warn), kit.NewChip("circle-alert", "Critical", theme.Err), kit.NewChip("info", "Hint", theme.Accent)),
		kit.Row(8, all, unused, kit.NewTag("production"), kit.NewTag("Ctrl K"), badge, jobs),
		kit.Row(10, level(.42, "42 %"), level(.81, "81 %"), level(.96, "96 %")),
		parts))
}

func texts() fyne.CanvasObject {
	return kit.NewCard("Type", kit.Link("", "Forward a port…", nil), kit.Col(4,
		kit.NewText(kit.DisplayText, "Welcome"), kit.NewText(kit.TitleText, "web-frontend-01"), kit.NewText(kit.MetricText, "24.6"),
		kit.NewText(kit.MediumText, "A name or label"), kit.NewText(kit.BodyText, "A long line that does not fit into its card ends in three dots").Shorten(),
		kit.NewText(kit.MonoText, "52:54:00:8a:1f:3c"),
		kit.NewParagraph(kit.SmallText, "Definition, firmware variables, TPM state and three snapshots can be brought back within 14 days.", 300)))
}

func links() fyne.CanvasObject {
	return kit.NewLinkCard("import", "Import", "Disk image, OVA, VMware or VirtualBox machine.", nil)
}
