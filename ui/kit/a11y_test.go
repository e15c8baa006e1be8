package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

func TestAFocusableWithoutANameIsFound(t *testing.T) {
	kittest.Open(t, nil)
	nameless := widget.NewEntry()
	hinted := widget.NewEntry()
	hinted.SetPlaceHolder("Filter machines")
	page := container.NewVScroll(container.NewVBox(
		widget.NewButton("Start", nil), nameless, hinted, kit.Named("Memory", container.NewStack(widget.NewEntry())),
	))

	got := kit.Unnamed(page)

	if len(got) != 1 || got[0] != fyne.CanvasObject(nameless) {
		t.Errorf("found %v, want only the entry without any name", got)
	}
}

func TestPasswordsAreNotTold(t *testing.T) {
	w := kittest.Open(t, nil)
	secret := widget.NewPasswordEntry()
	secret.SetText("hunter2")
	w.Win.SetContent(kit.Named("Password", secret))

	frame := kit.Accessibility(w.Win, 1)

	if len(frame.Children) != 1 {
		t.Fatalf("frame holds %+v", frame.Children)
	}
	if e := frame.Children[0]; e.Role != "password text" || e.Name != "Password" || e.Value != "" {
		t.Errorf("got %+v", e)
	}
}

// screen describes itself as widgets below the kit do.
type screen struct{ widget.BaseWidget }

func (*screen) A11yRole() string { return "terminal" }
func (*screen) A11yName() string { return "Screen of web" }
func (s *screen) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(widget.NewLabel(""))
}

func TestWidgetsOfLowerFloorsAndOverlaysAreSeen(t *testing.T) {
	w := kittest.Open(t, nil)
	s := &screen{}
	s.ExtendBaseWidget(s)
	w.Win.SetContent(s)
	w.Win.Canvas().Overlays().Add(widget.NewLabel("over it"))

	frame := kit.Accessibility(w.Win, 3)

	if len(frame.Children) != 2 || frame.Children[0].Name != "Screen of web" || frame.Children[0].Role != "terminal" || frame.Children[1].Name != "over it" {
		t.Errorf("got %+v", frame.Children)
	}
	if frame.Window != 3 || frame.Children[0].Window != 3 {
		t.Errorf("windows are %d and %d, want 3", frame.Window, frame.Children[0].Window)
	}
}
