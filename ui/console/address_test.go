package console

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// press goes to the button by keys and presses it.
func (d *desk) press(name string) {
	d.Until("there is a button "+name, func() bool {
		focused, ok := d.Win.Canvas().Focused().(interface{ A11y() kit.Node })
		if ok && focused.A11y().Name == name {
			return true
		}
		d.Win.Canvas().FocusNext()
		return false
	})
	d.Win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
}

func TestTheDetailsOfTheConnectionSayWhetherThereIsAPassword(t *testing.T) {
	for _, set := range []bool{true, false} {
		facts := addressFacts(virt.Graphics{Type: "vnc", Listen: "127.0.0.1", Port: 5901, Password: set})
		if want := (addressFact{"Address", "vnc://127.0.0.1:5901"}); len(facts) != 3 || facts[2] != want {
			t.Errorf("the details are %v", facts)
		}
	}
	if passwordWord(virt.Graphics{Password: true}) == passwordWord(virt.Graphics{}) {
		t.Error("a password that is set looks like one that is not")
	}
}

func TestWithoutAnotherViewerTheConnectionFileCanBeSaved(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("PATH", "") // a computer with no other program
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.page.address.Press()
	d.Until("the details are shown", func() bool { return find(kit.Accessibility(d.Win, 1), "label", d.guest.Socket) != nil })

	d.press("Copy Socket")
	if got := d.App.Clipboard().Content(); got != d.guest.Socket {
		t.Errorf("copied %q", got)
	}
	d.press("Open in another viewer")
	d.press("Save the file")

	var saved []string
	d.Until("a file appears", func() bool {
		saved, _ = filepath.Glob(filepath.Join(home, "web *.vv"))
		return len(saved) == 1 && find(kit.Accessibility(d.Win, 1), "notification", "Connection file saved") != nil
	})
	text, err := os.ReadFile(saved[0])
	if err != nil {
		t.Fatal(err)
	}
	want := "[virt-viewer]\ntype=vnc\nunix-path=" + d.guest.Socket + "\ntitle=web\ndelete-this-file=1\n"
	if string(text) != want {
		t.Errorf("the file says %q, want %q", text, want)
	}
}
