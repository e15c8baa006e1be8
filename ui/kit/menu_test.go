package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// machineMenu is a menu that writes down what was chosen.
func machineMenu(chosen *string) []MenuItem {
	do := func(what string) func() { return func() { *chosen = what } }
	return []MenuItem{
		{Icon: "play", Label: "Start", Disabled: "The machine is running", Do: do("start")},
		{Icon: "pause-solid", Label: "Pause", Do: do("pause")},
		{Icon: "power", Label: "Shut down", Sub: []MenuItem{{Label: "Restart", Do: do("restart")}, {Label: "Force off", Danger: true, Do: do("off")}}},
		MenuLine(),
		{Label: "Save", Do: do("save")},
		{Icon: "trash-2", Label: "Delete…", Danger: true, Do: do("delete")},
	}
}

func TestMenuByKeyboard(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []fyne.KeyName
		want string
	}{
		{"Down skips what cannot be chosen", []fyne.KeyName{fyne.KeyDown, fyne.KeyReturn}, "pause"},
		{"Up begins at the end", []fyne.KeyName{fyne.KeyUp, fyne.KeySpace}, "delete"},
		{"Right opens a submenu", []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyRight, fyne.KeyDown, fyne.KeyReturn}, "off"},
		{"Left closes it", []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyRight, fyne.KeyLeft, fyne.KeyDown, fyne.KeyReturn}, "save"},
		{"Home and End", []fyne.KeyName{fyne.KeyEnd, fyne.KeyHome, fyne.KeyReturn}, "pause"},
		{"Esc chooses nothing", []fyne.KeyName{fyne.KeyDown, fyne.KeyEscape}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t, Gap(1, 1))
			chosen := ""
			m := ShowMenu(s.win.Canvas(), fyne.NewPos(100, 100), machineMenu(&chosen))
			s.key(c.keys...)
			if chosen != c.want {
				t.Errorf("chose %q, want %q", chosen, c.want)
			}
			if m.layer.isOpen() {
				t.Error("the menu is still open")
			}
		})
	}
}

func TestAMenuBeginsAtWhatIsChosenUnlessItIsOneOfActions(t *testing.T) {
	for _, c := range []struct {
		name  string
		items []MenuItem
		want  int
	}{
		{"choices", []MenuItem{{Label: "1 hour"}, {Label: "24 hours", Checked: true}}, 1},
		{"actions with a switch", []MenuItem{{Label: "Open"}, {Label: "Start with the host", Checked: true}, {Label: "Delete…", Danger: true}}, -1},
		{"switches", []MenuItem{{Label: "Name"}, {Label: "CPU", Checked: true}, {Label: "Host", Checked: true}}, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t, Gap(1, 1))
			if m := ShowMenu(s.win.Canvas(), fyne.NewPos(100, 100), c.items); m.panels[0].current != c.want {
				t.Errorf("begins at %d, want %d", m.panels[0].current, c.want)
			}
		})
	}
}

func TestMenuByLetters(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	chosen := ""
	m := ShowMenu(s.win.Canvas(), fyne.NewPos(100, 100), machineMenu(&chosen))
	s.typed("sa")
	if got := m.panels[0].rows[m.panels[0].current].item.Label; got != "Save" {
		t.Fatalf("typing “sa” points at %q", got)
	}
}

func TestMenuByMouse(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	chosen := ""
	m := ShowMenu(s.win.Canvas(), fyne.NewPos(100, 100), machineMenu(&chosen))

	s.click(find[*menuRow](t, m.panels[0], "Start"))
	if chosen != "" || !m.layer.isOpen() {
		t.Fatal("a disabled item was chosen")
	}
	s.click(find[*menuRow](t, m.panels[0], "Shut down"))
	if len(m.panels) != 2 {
		t.Fatal("the submenu did not open")
	}
	s.click(find[*menuRow](t, m.panels[1], "Restart"))
	if chosen != "restart" || m.layer.isOpen() {
		t.Fatalf("chose %q, open: %v", chosen, m.layer.isOpen())
	}
}

func TestAClickBesideTheMenuClosesIt(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	chosen := ""
	m := ShowMenu(s.win.Canvas(), fyne.NewPos(100, 100), machineMenu(&chosen))
	e := &desktop.MouseEvent{}
	e.Position = fyne.NewPos(900, 700)
	m.layer.MouseDown(e)
	if m.layer.isOpen() || chosen != "" {
		t.Fatal("it did not close, or chose something")
	}
}

func TestMenusStayInsideTheWindow(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	room := s.win.Canvas().Size()
	for _, at := range []fyne.Position{{X: 0, Y: 0}, {X: 1279, Y: 799}, {X: 1279, Y: 0}, {X: 0, Y: 799}} {
		chosen := ""
		m := ShowMenu(s.win.Canvas(), at, machineMenu(&chosen))
		m.panels[0].point(2)
		m.panels[0].enterSub()
		for _, p := range m.panels {
			end := p.Position().Add(p.Size())
			if p.Position().X < 0 || p.Position().Y < 0 || end.X > room.Width || end.Y > room.Height {
				t.Errorf("menu at %v reaches from %v to %v", at, p.Position(), end)
			}
		}
		m.Close()
	}
}

func TestTheFocusComesBackFromAMenu(t *testing.T) {
	b := MenuButton("24 hours", func() []MenuItem { return []MenuItem{{Label: "1 hour"}} })
	s := newScene(t, Center(b))
	s.win.Canvas().Focus(b)
	s.key(fyne.KeyDown)
	if s.win.Canvas().Focused() == fyne.Focusable(b) {
		t.Fatal("Down did not open the menu")
	}
	s.key(fyne.KeyEscape)
	if s.win.Canvas().Focused() != fyne.Focusable(b) {
		t.Fatal("the focus is lost")
	}
}

func TestSelectByKeyboardAndMouse(t *testing.T) {
	var got []string
	sel := NewSelect("Cache", []Option{{ID: "none", Label: "None"}, {ID: "wb", Label: "Write back"}, {ID: "uring", Label: "io_uring", Disabled: "Needs QEMU 8.1"}},
		func(o Option) { got = append(got, o.ID) })
	s := newScene(t, Center(Width(200, sel)))
	s.win.Canvas().Focus(sel)

	s.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	s.typed("w")
	s.typed("i")
	s.click(sel)
	s.key(fyne.KeyDown, fyne.KeyReturn)

	if len(got) != 3 || got[0] != "none" || got[1] != "wb" || got[2] != "none" {
		t.Fatalf("chose %v: want none, by letter wb, and around the disabled one none", got)
	}
	if n := sel.A11y(); n.Value != "None" || n.Name != "Cache" {
		t.Fatalf("described as %+v", n)
	}
}
