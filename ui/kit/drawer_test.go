package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

func TestADrawerLiesOverTheBottomWhileItIsOpen(t *testing.T) {
	kit.SetMotion(false)
	t.Cleanup(func() { kit.SetMotion(true) })
	w := kittest.Open(t, nil)
	closed := 0
	body := kit.NewText(kit.BodyText, "inside")
	d := kit.NewDrawer("Results", kit.NewText(kit.SmallText, ""), body, func() { closed++ })
	kit.NewStage(w.Win).SetPage(kit.Stack(kit.NewText(kit.BodyText, "page"), d.Content()))
	if d.IsOpen() || has(kit.Accessibility(w.Win, 1), "inside") {
		t.Fatal("a new drawer is open")
	}
	d.SetOpen(true)
	if !d.IsOpen() || !has(kit.Accessibility(w.Win, 1), "inside") || d.Size().Height != 240 || d.Position().Y != 560 {
		t.Errorf("open it is %v at %v", d.Size(), d.Position())
	}
	w.Win.Resize(fyne.NewSize(640, 260))
	if d.Size().Height > 320 {
		t.Errorf("in a low window it is %v", d.Size())
	}
	d.SetOpen(false)
	if has(kit.Accessibility(w.Win, 1), "inside") {
		t.Error("a closed drawer is seen")
	}
}

func TestAFoldShowsItsDetailsWhenItIsPressed(t *testing.T) {
	w := kittest.Open(t, nil)
	fits, told := 0, []bool{}
	f := kit.NewFold("Failed", kit.NewText(kit.BodyText, "line"), kit.NewText(kit.BodyText, "details"), func() { fits++ })
	f.OnFold(func(open bool) { told = append(told, open) })
	kit.NewStage(w.Win).SetPage(f.Content())
	for _, open := range []bool{true, false} {
		kit.FirstFocusable(f.Content()).TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if has(kit.Accessibility(w.Win, 1), "details") != open || told[len(told)-1] != open {
			t.Errorf("pressed, its details are to be seen: %t", !open)
		}
	}
	if fits != 2 {
		t.Errorf("it was laid out %d times", fits)
	}
}
