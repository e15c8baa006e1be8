package setting

import (
	"errors"
	"fmt"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

func TestCombinationsThatStayHereAreNotThoseForTyping(t *testing.T) {
	d := newDesk(t, t.TempDir())
	must(t, d.Set(d.ctx, NameConsolePass, "alt+tab, f11,VolumeUp, win+l, Ctrl+Shift+N"))
	want := "[Alt+Tab F11 VolumeUp Super+L Ctrl+Shift+N]"
	var got []string
	for _, keys := range d.ConsolePass() {
		got = append(got, rfb.Combination(keys))
	}
	if fmt.Sprint(got) != want {
		t.Errorf("kept as %v, want %v", got, want)
	}
	for _, text := range []string{"a", "Shift+A", "AltGr+Q", "Super", "Ctrl+Alt", "Tab", "Ctrl+A+B", "F11, Enter"} {
		if err := d.Set(d.ctx, NameConsolePass, text); !errors.Is(err, virt.ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
	must(t, d.Set(d.ctx, NameConsolePass, ""))
	if got := d.ConsolePass(); got != nil {
		t.Errorf("an empty list is %v", got)
	}
}
