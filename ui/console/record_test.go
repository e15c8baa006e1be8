package console

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

func (d *desk) notified(title string) bool {
	return find(kit.Accessibility(d.Win, 1), "notification", title) != nil
}

func (d *desk) pick(t *testing.T, items []kit.MenuItem, label string) {
	t.Helper()
	for _, item := range items {
		if item.Label == label {
			item.Do()
			return
		}
	}
	t.Fatalf("the menu has no %q", label)
}

func TestTheScreenIsRecordedUntilThatIsStoppedAndPlayed(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)

	d.pick(t, d.view().shotMenu(nil), "Record the screen…")
	d.Must("dialog", "Record the screen")
	if field := d.Must("text", "File"); !strings.HasPrefix(field.Value, "~/web ") || !strings.HasSuffix(field.Value, storage.TapeEnding) {
		t.Errorf("suggested is %q", field.Value)
	}
	d.Write("File", "~/mine.rfb.zst")
	d.Click("push button", "Record")
	d.Until("it records", func() bool { return d.view().recording() != nil && !d.view().recording().empty() })
	if _, open := d.Find("dialog", "Record the screen"); open {
		t.Error("the dialog stays")
	}
	d.view().screen.SendKeys(rfb.KeyA)
	d.Until("the line below says so", func() bool {
		return d.view().foot.stop.Visible() && strings.HasPrefix(d.view().foot.recorded.Words(), "Recording, 0:0")
	})

	d.Click("push button", "Stop recording")
	d.Until("it is said that it is saved", func() bool { return d.notified("Recording saved") })
	if d.view().recording() != nil || d.view().foot.stop.Visible() {
		t.Error("after the end it still seems to record")
	}
	file, err := storage.ReadTape(filepath.Join(home, "mine.rfb.zst"))
	d.must(t, err)
	tape, err := vnc.NewTape(d.ctx, file)
	d.must(t, err)
	if tape.Broken() != nil || !tape.Timed() {
		t.Errorf("what was recorded is broken: %v, tells its pace: %v", tape.Broken(), tape.Timed())
	}

	d.pick(t, d.view().shotMenu(nil), "Record the screen…")
	d.Write("File", "mine.rfb.zst")
	d.Click("push button", "Record")
	d.Until("it does not overwrite it", func() bool { return strings.Contains(d.Said("File"), "already") })
}

func TestARecordingGoesOnUnseenAndEndsWithTheMachine(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	path := filepath.Join(t.TempDir(), "s.rfb")
	d.view().record(path, func(err error) { d.must(t, err) })
	d.Until("it records", func() bool { return d.view().recording() != nil && !d.view().recording().empty() })
	second := filepath.Join(t.TempDir(), "second.rfb")
	d.view().record(second, func(err error) {
		if whyNoFile(err) != "The screen is being recorded already." {
			t.Errorf("a second recording of it: %v", err)
		}
	})
	if _, err := os.Stat(second); !os.IsNotExist(err) {
		t.Errorf("the second file: %v", err)
	}
	d.page.SetVisible(false)
	d.guest.Kill()
	d.Until("it has ended", func() bool { return d.view().recording() == nil && d.notified("Recording saved") })
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestARecordingOfAMachineThatIsOffLeavesNoFile(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.must(t, d.svc.VMs.Off(d.ctx, d.page.vm))
	var problem kit.Problem
	d.Kit.OnError(func(_ *kit.Kit, p kit.Problem) { problem = p })
	path := filepath.Join(t.TempDir(), "s.rfb")
	d.view().record(path, func(err error) { d.must(t, err) })
	d.Until("it is said why not", func() bool { return virt.KindOf(problem.Err) == virt.KindState })
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file: %v", err)
	}
}

func TestAFileToPlayIsAskedForAndPlayed(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	path := filepath.Join(home, "talk.rfb")
	d := newDesk(t, "")
	d.must(t, os.WriteFile(path, []byte(recordedScreen(1)), 0o600))
	d.Until("the screen is shown", d.connected)
	d.pick(t, d.view().shotMenu(nil), "Play a recording…")
	d.Must("dialog", "Play a recording")
	d.Until("the recording is listed", func() bool { return find(kit.Accessibility(d.Win, 1), "table row", "talk.rfb") != nil })
	before := len(d.App.Driver().AllWindows())
	d.Write("Path", path)
	d.Click("push button", "Choose")
	d.Until("it plays in a window of its own", func() bool { return len(d.App.Driver().AllWindows()) > before })
}
