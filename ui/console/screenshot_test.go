package console

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// choose chooses an item of the menu that is open.
func (d *desk) choose(item string) {
	d.Until("the menu offers "+item, func() bool { return find(kit.Accessibility(d.Win, 1), "menu item", item) != nil })
	menu := d.Win.Canvas().Focused()
	for _, r := range item {
		menu.TypedRune(r)
	}
	menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

func TestThePictureIsCopiedForOtherProgramsAndOutlivesItsWindow(t *testing.T) {
	kittest.Display(t)
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	win := d.App.NewWindow("another")
	other := d.Kit.Window(win)
	items := parts.ScreenshotMenu(other, d.svc, d.page.vm, nil)
	if len(items) != 2 || items[1].Label != "Copy picture" {
		t.Fatalf("the menu has %+v", items)
	}
	items[1].Do()
	var pasted []byte
	d.Until("there is a picture to paste", func() bool {
		var err error
		pasted, err = kittest.Paste(t, "image/png")
		return err == nil
	})
	other.Leave()
	win.Close()
	again, err := kittest.Paste(t, "image/png")
	if err != nil || !bytes.Equal(again, pasted) {
		t.Errorf("without its window %d bytes are pasted, %v", len(again), err)
	}
	if _, err := png.Decode(bytes.NewReader(pasted)); err != nil {
		t.Errorf("what is pasted is no picture: %v", err)
	}

	d.view().bar.shot.Press()
	d.choose("Copy picture")
	d.Until("it is said", func() bool { return find(kit.Accessibility(d.Win, 1), "notification", "Screenshot copied") != nil })
}

func TestWithoutADisplayNoPictureIsOfferedToCopy(t *testing.T) {
	t.Setenv("DISPLAY", "")
	if items := parts.ScreenshotMenu(nil, nil, virt.Ref{}, nil); len(items) != 1 || items[0].Label != "Save picture" {
		t.Errorf("the menu has %+v", items)
	}
}

func TestTheCameraSavesWhatTheMachineShows(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.view().bar.shot.Press()
	d.choose("Save picture")
	var saved []string
	d.Until("a file appears", func() bool {
		saved, _ = filepath.Glob(filepath.Join(home, "web *.png"))
		return len(saved) == 1 && find(kit.Accessibility(d.Win, 1), "notification", "Screenshot saved") != nil
	})
	text, err := os.ReadFile(saved[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(text)); err != nil {
		t.Errorf("the file is no picture: %v", err)
	}
}
