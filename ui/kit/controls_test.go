package kit

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

func TestSwitchCheckboxAndChipToggle(t *testing.T) {
	var got []bool
	record := func(on bool) { got = append(got, on) }
	for _, control := range []fyne.Widget{NewSwitch("Autostart", record), NewCheckbox("Checked", record), NewFilterChip("Running", record)} {
		got = nil
		s := newScene(t, Center(control))
		s.click(control)
		s.key(fyne.KeySpace)
		if !slices.Equal(got, []bool{true, false}) {
			t.Errorf("%T: click and Space gave %v, want on and off", control, got)
		}
		control.(fyne.Disableable).Disable()
		s.click(control)
		if len(got) != 2 {
			t.Errorf("%T works although disabled", control)
		}
	}
}

func TestSettingAValueCallsNobody(t *testing.T) {
	called := func(bool) { t.Error("called") }
	NewSwitch("a", called).SetOn(true)
	NewCheckbox("a", called).SetChecked(true)
	NewFilterChip("a", called).SetOn(true)
	NewSegmented("a", func(int) { t.Error("called") }, "x", "y").Choose(1)
	NewTabBar(func(int) { t.Error("called") }, "x", "y").Choose(1)
	e := NewEntry("a", "")
	e.OnChanged = func(string) { t.Error("called") }
	e.SetText("b")
}

func TestMixedCheckboxBecomesChecked(t *testing.T) {
	c := NewCheckbox("All", nil)
	s := newScene(t, Center(c))
	c.SetMixed()
	if !slices.Contains(c.A11y().States, "indeterminate") {
		t.Fatalf("states %v", c.A11y().States)
	}
	s.click(c)
	if !c.Checked() {
		t.Fatal("a click did not check it")
	}
}

func TestArrowsMoveTheChoice(t *testing.T) {
	for name, make := range map[string]func(func(int)) (fyne.CanvasObject, fyne.Focusable){
		"segmented": func(f func(int)) (fyne.CanvasObject, fyne.Focusable) {
			c := NewSegmented("Firmware", f, "UEFI", "BIOS", "Secure Boot")
			return c, c
		},
		"tabs": func(f func(int)) (fyne.CanvasObject, fyne.Focusable) {
			c := NewTabBar(f, "Overview", "Console", "XML")
			return c, c
		},
		"radio": func(f func(int)) (fyne.CanvasObject, fyne.Focusable) {
			c := NewRadioGroup("Kind", f, "One", "Two", "Three")
			return c, c.buttons[0]
		},
	} {
		var got []int
		o, focus := make(func(i int) { got = append(got, i) })
		s := newScene(t, Center(Width(400, o)))
		s.win.Canvas().Focus(focus)
		s.key(fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft)
		if !slices.Equal(got, []int{1, 2, 1}) {
			t.Errorf("%s: chose %v, want 1 2 1", name, got)
		}
	}
}

func TestAClickOnATabChoosesItAndFocusesTheBar(t *testing.T) {
	chosen := -1
	b := NewTabBar(func(i int) { chosen = i }, "Overview", "Console", "XML")
	s := newScene(t, b)
	s.click(b.tabs[1])
	if chosen != 1 || s.win.Canvas().Focused() != fyne.Focusable(b) || !b.tabs[1].edge.Hidden {
		t.Fatalf("chose %d, focus %v", chosen, s.win.Canvas().Focused())
	}
	b.Next(1)
	b.Next(1)
	if chosen != 0 {
		t.Fatalf("Next went to %d, want around to 0", chosen)
	}
}

func TestTabsThatDoNotFitGoUnderMore(t *testing.T) {
	b := NewTabBar(nil, "Overview", "Console", "Hardware", "Snapshots", "Backups", "Monitor", "Guest", "History", "XML")
	s := newScene(t, Center(Width(320, b)))
	if !b.more.Visible() {
		t.Fatal("no More")
	}
	b.Choose(8)
	if !b.tabs[8].Visible() {
		t.Fatal("the chosen tab is hidden")
	}
	width := float32(0)
	for _, o := range b.row.Objects {
		if o.Visible() {
			width = max(width, o.Position().X+o.Size().Width)
		}
	}
	if width > 320 {
		t.Fatalf("the tabs reach to %v", width)
	}
	s.click(b.more)
	if s.win.Canvas().Overlays().Top() == nil {
		t.Fatal("More opens nothing")
	}
}

func TestWorkTabs(t *testing.T) {
	var chosen, closed []string
	w := NewWorkTabs()
	w.OnChoose = func(id string) { chosen = append(chosen, id) }
	w.OnClose = func(id string) { closed = append(closed, id) }
	s := newScene(t, w)
	w.SetTabs([]WorkTab{{ID: "a", Icon: "monitor", Name: "web"}, {ID: "b", Icon: "monitor", Name: "db"}}, "a")

	s.click(w.tabs[1])
	s.click(w.tabs[1].close)
	w.tabs[0].MouseUp(&desktop.MouseEvent{Button: desktop.MouseButtonTertiary})
	s.win.Canvas().Focus(w)
	s.key(fyne.KeyRight)

	if !slices.Equal(chosen, []string{"b", "b"}) {
		t.Errorf("chosen %v: want b by mouse and by key", chosen)
	}
	if !slices.Equal(closed, []string{"b", "a"}) {
		t.Errorf("closed %v: want b by its cross and a by the middle button", closed)
	}
}

func TestSearchIsEmptiedByEsc(t *testing.T) {
	var got []string
	e := NewSearch("Filter machines", func(text string) { got = append(got, text) })
	s := newScene(t, e)
	outside := 0
	s.stage.OnKey = func(*fyne.KeyEvent) { outside++ }
	e.Focus()
	s.typed("w")
	s.key(fyne.KeyEscape)
	if e.Text() != "" || !slices.Equal(got, []string{"w", ""}) || outside != 0 {
		t.Fatalf("text %q, changes %q, keys passed on %d", e.Text(), got, outside)
	}
	s.key(fyne.KeyEscape)
	if outside != 1 {
		t.Fatal("Esc in an empty field did not reach the window")
	}
}

func TestEntrySubmitsAndSteps(t *testing.T) {
	e := NewEntry("Memory", "")
	s := newScene(t, e)
	submitted, stepped := "", 0
	e.OnSubmitted = func(text string) { submitted = text }
	e.OnStep = func(by int) { stepped += by }
	e.Focus()
	s.typed("4")
	s.key(fyne.KeyUp, fyne.KeyUp, fyne.KeyDown, fyne.KeyReturn)
	if submitted != "4" || stepped != 1 {
		t.Fatalf("submitted %q, stepped %d", submitted, stepped)
	}
}

func TestALongTextStaysInsideItsField(t *testing.T) {
	e := NewEntry("Name", "")
	s := newScene(t, Center(Width(100, e)))
	before := picture(t, s)
	e.SetText("a text that is far longer than the field is wide")
	after := picture(t, s)
	left, top := int(positionOf(e).X), int(positionOf(e).Y)
	for y := top; y < top+32; y++ {
		for x := range after.Rect.Dx() {
			if (x < left || x > left+106) && before.NRGBAAt(x, y) != after.NRGBAAt(x, y) {
				t.Fatalf("the text is seen at %d,%d, beside the field", x, y)
			}
		}
	}
}

func TestAPasswordIsNotTold(t *testing.T) {
	e := NewPassword("Password", "")
	s := newScene(t, e)
	e.SetText("secret")
	if n := e.field.A11y(); n.Value != "" || n.Role != "password text" {
		t.Fatalf("described as %+v", n)
	}
	s.click(e.eye)
	if e.field.Password {
		t.Fatal("the eye does not show it")
	}
}

func TestFormRowsStackWhereItIsNarrow(t *testing.T) {
	control := NewEntry("Name", "")
	r := NewFormRow("Name", "Help", control)
	s := newScene(t, r)
	s.win.Resize(fyne.NewSize(900, 600))
	wide := positionOf(control)
	r.Resize(fyne.NewSize(400, 200))
	narrow := positionOf(control)
	if wide.X-narrow.X != labelWidth+labelGap || narrow.Y <= wide.Y {
		t.Fatalf("control at %v when wide, %v when narrow", wide.X, narrow.X)
	}
}

func TestShortenedTextFitsAndKeepsItsWords(t *testing.T) {
	long := "a-machine-with-a-very-long-name-indeed"
	text := NewText(BodyText, long).Shorten()
	newScene(t, Center(Width(100, text)))
	if w := BodyText.measure(text.line.Text).Width; w > 100.5 {
		t.Fatalf("%q is %v wide", text.line.Text, w)
	}
	if r := []rune(text.line.Text); r[len(r)-1] != '…' || text.A11y().Name != long {
		t.Fatalf("shown %q, described %q", text.line.Text, text.A11y().Name)
	}
}

func TestAWordThatIsWiderThanItsLineIsBroken(t *testing.T) {
	newScene(t, Gap(1, 1))
	const width = 120
	path := "/var/lib/libvirt/images/a-very-long-name-of-a-machine-0001.qcow2"

	p := NewParagraph(SmallText, "Kept: "+path, width)

	joined := ""
	for _, line := range p.lines {
		if line.MinSize().Width > width {
			t.Errorf("%q is %v wide", line.Text, line.MinSize().Width)
		}
		joined += line.Text
	}
	if joined != "Kept: "+path { // the word begins on the line of the one before it
		t.Errorf("the lines are %q", joined)
	}
}

func TestParagraphsWrapToTheirWidth(t *testing.T) {
	p := NewParagraph(SmallText, "Definition, firmware variables, TPM state and three snapshots can be brought back.", 1000)
	newScene(t, Center(Width(160, p)))
	p.Resize(fyne.NewSize(160, 100))
	if len(p.lines) < 3 {
		t.Fatalf("%d lines", len(p.lines))
	}
	for _, l := range p.lines {
		if l.MinSize().Width > 160 {
			t.Errorf("%q is wider than the paragraph", l.Text)
		}
	}
}

func TestLevelsChangeAtThreeQuartersAndNineTenths(t *testing.T) {
	for share, want := range map[float64]string{.5: "kvm.accent", .749: "kvm.accent", .75: "kvm.warn", .9: "kvm.err"} {
		if got := string(Level(share)); got != want {
			t.Errorf("%v: %s, want %s", share, got, want)
		}
	}
}

func TestABarIsAsLongAsItsShare(t *testing.T) {
	b := NewLevelBar(.25)
	newScene(t, Center(Width(200, b)))
	if w := b.parts[0].Size().Width; w != 50 {
		t.Fatalf("a quarter of 200 is %v", w)
	}
}

func TestABadgeCountsTo99(t *testing.T) {
	b := NewBadge("kvm.errFill")
	newScene(t, Center(b))
	if b.Visible() {
		t.Fatal("zero is shown")
	}
	b.SetCount(100)
	if b.text() != "99+" || !b.Visible() {
		t.Fatalf("shown as %q", b.text())
	}
}
