package main

import (
	"math"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// showPage lays a machine's page out: work tabs, header, page tabs, cards.
func showPage(stage *kit.Stage, _ fyne.Window) {
	work := kit.NewWorkTabs()
	work.SetTabs([]kit.WorkTab{
		{ID: "1", Icon: "monitor", Name: "web-frontend-01"},
		{ID: "2", Icon: "st-pause", Token: theme.Warn, Name: "win11-desktop"},
		{ID: "3", Icon: "monitor", Name: "a machine with a very long name"},
	}, "1")
	tabs := kit.NewTabBar(nil, "Overview", "Console", "Hardware", "Snapshots", "Backups", "Monitor", "Guest", "History", "XML")
	tabs.Mark(2, kit.WaitsForStart)
	tabs.Mark(8, kit.UnsavedMark)
	body := kit.Col(14, kit.Grow(metrics()), kit.Height(178, kit.Grid(3, 14, facts(), storage(), settings())))
	content := kit.Col(0, header(), tabs, kit.Gap(1, 16), kit.Grow(body))
	stage.SetPage(kit.Col(0, work, kit.Grow(kit.Pad(0, 24, 20, 24, content))))
}

func header() fyne.CanvasObject {
	title := kit.Row(10, kit.NewText(kit.TitleText, "web-frontend-01"), kit.NewChip("st-run", "Running", theme.OK))
	words := kit.Col(2, kit.Height(28, title), kit.NewText(kit.SmallText, "Ubuntu 24.04 LTS   ·   192.168.122.41   ·   up 6 d 4 h   ·   localhost").Shorten())
	return kit.Pad(16, 0, 12, 0, kit.Row(16, kit.Grow(words), kit.Row(8,
		kit.Primary("monitor", "Open console", nil), kit.SecondaryIcon("pause-solid", "Pause", nil), kit.Secondary("power", "Shut down", nil),
		kit.IconMenuButton("ellipsis", "More", machineMenu))))
}

func metrics() fyne.CanvasObject {
	card := func(title, value, unit, fact string, legend []fyne.CanvasObject, series ...kit.Series) fyne.CanvasObject {
		chart := kit.NewLineChart(title, 4)
		chart.OnPoint = func(int) string { return value + " " + unit }
		chart.Plot(100, series...)
		m := kit.NewMetricCard(title, chart)
		m.SetValue(value, unit, fact, false)
		m.SetLegend(legend...)
		return m
	}
	return kit.Grid(2, 14,
		card("CPU", "12", "% of 4 vCPU", "peak 38 % at 03:12", nil, kit.Series{Values: wave(22, 1), Token: theme.Accent, Filled: true}),
		card("Memory", "2.9", "of 4 GiB", "guest uses 2.1 GiB", nil, kit.Series{Values: gap(wave(70, 2)), Token: theme.Violet, Filled: true}),
		card("Disk", "8.2", "MB/s", "410 operations a second", []fyne.CanvasObject{kit.NewLegend(theme.OK, "Read 1.1"), kit.NewLegend(theme.Warn, "Write 7.1")},
			kit.Series{Values: wave(44, 3), Token: theme.OK, Filled: true}, kit.Series{Values: wave(18, 4), Token: theme.Warn}),
		card("Network", "24.6", "Mbit/s", "vnet3 on default", []fyne.CanvasObject{kit.NewLegend(theme.OK, "In 21.9"), kit.NewLegend(theme.Accent, "Out 2.7")},
			kit.Series{Values: wave(52, 5), Token: theme.OK, Filled: true}, kit.Series{Values: wave(14, 6), Token: theme.Accent}))
}

func wave(middle float64, seed int) []float64 {
	values := make([]float64, 120)
	for i := range values {
		x := float64(i*(seed+2)) / 7
		values[i] = middle + middle/4*(math.Sin(x)+math.Sin(x*2.7)/2+math.Cos(x*5.1)/3)
	}
	return values
}

// gap loses some samples, as when a host did not answer.
func gap(values []float64) []float64 {
	for i := 60; i < 70; i++ {
		values[i] = math.NaN()
	}
	return values
}

func facts() fyne.CanvasObject {
	list := kit.Col(5)
	for _, f := range [][2]string{{"Machine", "Q35, UEFI, TPM 2.0"}, {"Processor", "4 vCPU, host model"}, {"Starts with host", "Yes, third"}, {"Guest agent", "1.2.0, answers"}} {
		row, _ := kit.NewFactText(f[0], f[1])
		list.Add(row)
	}
	list.Add(kit.NewFact("MAC", kit.NewText(kit.MonoText, "52:54:00:8a:1f:3c").Trailing()))
	return kit.NewCard("System", nil, list)
}

func storage() fyne.CanvasObject {
	disk := func(name, words string, share float64) fyne.CanvasObject {
		row, _ := kit.NewFactText(name, words)
		return kit.Col(6, row, kit.NewLevelBar(share))
	}
	return kit.NewCard("Storage", kit.Link("", "Grow…", nil), kit.Col(6, disk("vda, system", "18.4 of 40 GiB", .46), disk("vdb, data", "96.1 of 100 GiB", .96)))
}

func settings() fyne.CanvasObject {
	return kit.NewSectionCard("", "",
		kit.NewSettingRow("Higher contrast", "Stronger borders and text", kit.NewSwitch("Higher contrast", nil)),
		kit.NewSettingRow("Density of tables", "Comfortable is easier to hit", kit.NewSegmented("Density", nil, "Comfortable", "Compact")))
}

func machineMenu() []kit.MenuItem {
	return []kit.MenuItem{
		{Icon: "play", Label: "Start", Shortcut: "Ctrl+Shift+S", Disabled: "The machine is running"},
		{Icon: "pause-solid", Label: "Pause", Shortcut: "Ctrl+Shift+P"},
		{Icon: "power", Label: "Shut down", Sub: []kit.MenuItem{{Label: "Restart"}, {Label: "Save"}, kit.MenuLine(), {Label: "Force off", Danger: true}}},
		{Icon: "monitor", Label: "Open console", Shortcut: "Ctrl+Shift+O"},
		kit.MenuLine(),
		{Icon: "camera", Label: "Take snapshot…", Shortcut: "Ctrl+Shift+N"},
		{Icon: "copy", Label: "Clone…"},
		{Icon: "arrow-right-left", Label: "Move to host…"},
		kit.MenuLine(),
		{Icon: "trash-2", Label: "Delete…", Shortcut: "Del", Danger: true},
	}
}
