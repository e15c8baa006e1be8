package kit

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A page that lives through a change of theme must look like one that was made
// in that theme, pixel by pixel.
func TestAChangeOfThemeRecoloursEverything(t *testing.T) {
	s := newScene(t, everything())
	s.stage.Toast(Toast{Title: "Snapshot taken", Text: "before-upgrade"})
	dark := picture(t, s)
	s.app.Settings().SetTheme(theme.New(theme.Light))
	switched := picture(t, s)

	fresh := newScene(t, Gap(1, 1))
	fresh.app.Settings().SetTheme(theme.New(theme.Light))
	fresh.stage.SetPage(everything())
	fresh.stage.Toast(Toast{Title: "Snapshot taken", Text: "before-upgrade"})
	want := picture(t, fresh)

	if bytes.Equal(dark.Pix, switched.Pix) {
		t.Fatal("nothing changed")
	}
	if at, differs := firstDifference(switched, want); differs {
		t.Fatalf("pixel %v is %v, in a page made in the light theme %v", at, switched.At(at.X, at.Y), want.At(at.X, at.Y))
	}
}

func TestDialogsAndMenusRecolourToo(t *testing.T) {
	open := func(s *scene) {
		Confirm(s.win.Canvas(), Question{Title: "Delete “db-primary”?", Text: "It is running.", Action: "Delete", Remember: func() {}}, func() {})
		chosen := ""
		ShowMenu(s.win.Canvas(), fyne.NewPos(40, 40), machineMenu(&chosen))
	}
	s := newScene(t, Gap(1, 1))
	open(s)
	s.app.Settings().SetTheme(theme.New(theme.Light))
	switched := picture(t, s)

	fresh := newScene(t, Gap(1, 1))
	fresh.app.Settings().SetTheme(theme.New(theme.Light))
	open(fresh)
	if at, differs := firstDifference(switched, picture(t, fresh)); differs {
		t.Fatalf("pixel %v differs", at)
	}
}

func picture(t *testing.T, s *scene) *image.NRGBA {
	t.Helper()
	s.win.Resize(fyne.NewSize(1280, 800))
	img, ok := s.win.Canvas().Capture().(*image.NRGBA)
	if !ok {
		t.Fatalf("the picture is a %T", s.win.Canvas().Capture())
	}
	return img
}

func firstDifference(a, b *image.NRGBA) (image.Point, bool) {
	if bytes.Equal(a.Pix, b.Pix) {
		return image.Point{}, false
	}
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			if a.NRGBAAt(x, y) != b.NRGBAAt(x, y) {
				return image.Pt(x, y), true
			}
		}
	}
	return image.Point{}, false
}

func TestEverythingThatTakesTheFocusHasARoleAndAName(t *testing.T) {
	s := newScene(t, everything())
	seen := 0
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if _, ok := o.(fyne.Focusable); ok {
			seen++
			if n := o.(Accessible).A11y(); n.Role == "" || n.Name == "" {
				t.Errorf("%T: role %q, name %q", o, n.Role, n.Name)
			}
		}
		inside, _ := children(o)
		for _, child := range inside {
			walk(child)
		}
	}
	walk(s.stage)
	if seen < 25 {
		t.Fatalf("only %d controls found", seen)
	}
}

func TestTabReachesEveryControlOnce(t *testing.T) {
	s := newScene(t, everything())
	reached := map[fyne.Focusable]bool{}
	for {
		s.win.Canvas().FocusNext()
		f := s.win.Canvas().Focused()
		if reached[f] {
			break
		}
		reached[f] = true
	}
	if len(reached) < 25 {
		t.Fatalf("Tab reaches %d controls", len(reached))
	}
}

// Without a fill the inside of an edge would be blended with black.
func TestTheEdgeOfWhatIsHollowIsNotDarkened(t *testing.T) {
	newScene(t, Gap(1, 1)).app.Settings().SetTheme(theme.New(theme.Light))
	rect := newRect(13)
	paintRect(rect, theme.None, theme.Line)
	ring := newRing(8)
	paintRing(ring, true)
	for name, got := range map[string]color.Color{"a box": rect.FillColor, "a ring": ring.FillColor} {
		fill, ok := got.(color.NRGBA)
		if !ok || fill.A > 1 || fill.A == 0 || fill.R == 0 {
			t.Errorf("inside %s is %v", name, got)
		}
	}
}
