package kit

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

func TestEverythingLandsOnWholeDevicePixels(t *testing.T) {
	defer SetScale(1)
	for _, scale := range []float32{1, 1.5, 2} {
		s := newScene(t, Gap(1, 1))
		s.win.Canvas().(test.WindowlessCanvas).SetScale(scale)
		SetScale(scale)
		page := everything()
		s.stage.SetPage(page)
		s.win.Resize(fyne.NewSize(1286, 802))
		checkPixels(t, s.stage, fyne.Position{}, scale)
	}
}

// checkPixels walks all that is drawn. Fyne's own widgets and what is round or
// stretched anyway (rings, knobs, shadows) may lie anywhere.
func checkPixels(t *testing.T, o fyne.CanvasObject, at fyne.Position, scale float32) {
	t.Helper()
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	switch o := o.(type) {
	case *canvas.Text:
		wantPixel(t, scale, at.X, "left of "+o.Text)
		wantPixel(t, scale, at.Y, "top of "+o.Text)
	case *canvas.Image:
		wantPixel(t, scale, at.X, "left of an icon")
		wantPixel(t, scale, at.X+o.Size().Width, "right of an icon")
		wantPixel(t, scale, at.Y, "top of an icon")
	case *canvas.Rectangle, *line:
		wantPixel(t, scale, at.X, "left of a box")
		wantPixel(t, scale, at.Y, "top of a box")
		wantPixel(t, scale, at.X+o.Size().Width, "right of a box")
		wantPixel(t, scale, at.Y+o.Size().Height, "bottom of a box")
	}
	for _, child := range drawn(o) {
		checkPixels(t, child, at, scale)
	}
}

func drawn(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *entryField, *container.Scroll:
		return nil
	case *fyne.Container:
		return o.Objects
	case fyne.Widget:
		return test.WidgetRenderer(o).Objects()
	}
	return nil
}

func wantPixel(t *testing.T, scale, v float32, what string) {
	t.Helper()
	px := float64(v * scale)
	if math.Abs(px-math.Round(px)) > .02 {
		t.Errorf("scale %v: %s is at %v device pixels", scale, what, px)
	}
}

// everything is a page with every component of the kit.
func everything() fyne.CanvasObject {
	off := Secondary("power", "Shut down", nil)
	off.DisableBecause("The machine is off")
	busy := Primary("plus", "Creating", nil)
	busy.SetBusy(true)
	entry := NewEntry("Name", "web").WithIcon("search").WithUnit("GiB")
	entry.SetWrong(true)
	field := NewField("Name", "How you will find it", entry)
	field.SetProblem("No spaces")
	chip := NewFilterChip("All", nil)
	chip.SetOn(true)
	chip.SetCount("14")
	badge := NewBadge(theme.ErrFill)
	badge.SetCount(4)
	on, checked := NewSwitch("On", nil), NewCheckbox("Checked", nil)
	on.SetOn(true)
	checked.SetChecked(true)
	chart := NewLineChart("CPU", 4)
	chart.Plot(100, Series{Values: []float64{10, 40, 20, 90, 30}, Token: theme.Accent, Filled: true})
	metric := NewMetricCard("CPU", chart)
	metric.SetValue("12", "% of 4 vCPU", "peak 38 %", false)
	metric.SetLegend(NewLegend(theme.OK, "Read"))
	work := NewWorkTabs()
	work.SetTabs([]WorkTab{{ID: "1", Icon: "monitor", Name: "web"}, {ID: "2", Icon: "st-pause", Token: theme.Warn, Name: "db"}}, "1")
	tabs := NewTabBar(nil, "Overview", "Console", "XML")
	tabs.Mark(1, UnsavedMark)
	fact, _ := NewFactText("Machine", "Q35")
	selection := NewSelect("Cache", []Option{{ID: "none", Label: "None"}}, nil)
	selection.Choose("none")
	pictures := NewPictureGroup("Theme", nil, PictureChoice{"System", NewThemePicture(theme.System)}, PictureChoice{"Dark", NewThemePicture(theme.Dark)})
	swatches := NewSwatchGroup("Accent", nil, []theme.Token{theme.Swatch(theme.HueBlue), theme.Swatch(theme.HuePink)}, []string{"Blue", "Pink"})
	return Col(7, work, tabs, Row(18, pictures, swatches),
		Row(7, Primary("plus", "New", nil), off, busy, Quiet("", "Cancel", nil), Danger("", "Delete", nil), DangerQuiet("trash-2", "Delete", nil).Small(),
			Link("", "Show", nil), IconButton("pencil", "Rename", nil), MenuButton("24 hours", nil), Primary("", "Large", nil).Large()),
		Row(5, NewChip("st-run", "Running", theme.OK), NewChip("triangle-alert", "Warning", theme.Warn), chip, NewTag("production"), badge, Grow(NewLevelBar(.81)), Spacer()),
		Grid(3, 13, field, NewField("Cache", "", selection), NewPassword("Password", "")),
		Row(11, checked, NewRadioGroup("Kind", nil, "One", "Other"), on, NewSwitch("Off", nil), NewSegmented("Firmware", nil, "UEFI", "BIOS"), Dot(7, theme.Err)),
		NewBanner(ErrBanner, "hv-lab does not answer", "Trying again", Secondary("refresh-cw", "Try now", nil).Small()),
		Grow(Grid(3, 13, metric, NewCard("System", Link("", "Change", nil), Col(5, fact, NewSkeleton(2))), NewSectionCard("Look", "Of everything", NewSettingRow("Contrast", "Stronger", NewSwitch("Contrast", nil))))),
		Grow(RowFill(9, Grow(NewLinkCard("import", "Import", "Disk image, OVA, VMware or VirtualBox machine.", nil)), Grow(NewEmptyState("camera", "No snapshots yet", "They let you go back.")),
			Grow(NewFlushCard("List", Col(0, NewFormRow("Name", "Help", NewEntry("Name", "")), HLine(), NewMark(34), NewParagraph(SmallText, "One sentence that is long enough to wrap.", 100)))))),
	)
}

func TestGrowingObjectsShareWhatTheOthersLeave(t *testing.T) {
	a, b, c := Gap(10, 10), Gap(10, 10), Gap(30, 10)
	row := Row(10, Grow(a), GrowBy(3, b), c)
	row.Resize(fyne.NewSize(450, 20))
	if a.Size().Width != 100 || b.Size().Width != 300 || c.Position().X != 420 {
		t.Fatalf("widths %v and %v, the last one at %v", a.Size().Width, b.Size().Width, c.Position().X)
	}
}

func TestHiddenObjectsTakeNoRoom(t *testing.T) {
	a, b := Gap(10, 10), Gap(10, 10)
	row := Row(10, a, Grow(b), Gap(10, 10))
	b.Hide()
	if w := row.MinSize().Width; w != 30 {
		t.Fatalf("width %v, want 30", w)
	}
}

func TestGridCellsEndTogether(t *testing.T) {
	cells := []fyne.CanvasObject{Gap(1, 1), Gap(1, 1), Gap(1, 1)}
	g := Grid(3, 14, cells...)
	g.Resize(fyne.NewSize(500, 100))
	last := cells[2]
	if end := last.Position().X + last.Size().Width; end != 500 {
		t.Fatalf("the last cell ends at %v", end)
	}
}

func TestHairlinesAreWholeDevicePixels(t *testing.T) {
	defer SetScale(1)
	for scale, want := range map[float32]float64{1: 1, 1.5: 1, 2: 2} {
		SetScale(scale)
		if px := float64(Hairline() * scale); math.Abs(px-want) > .001 {
			t.Errorf("scale %v: %v pixels, want %v", scale, px, want)
		}
	}
}
