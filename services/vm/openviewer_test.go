package vm_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/storage"
)

// A watcher is a machine with a screen, and a computer with the programs that
// the test puts into bin.
type watcher struct {
	svc  *services.Services
	ctx  context.Context // the test's
	vm   virt.Ref
	dirs storage.Dirs
	bin  string
}

func newWatcher(t *testing.T) *watcher {
	t.Helper()
	w := &watcher{dirs: virttest.Dirs(t), bin: t.TempDir()}
	w.svc, w.ctx = virttest.OpenIn(t, w.dirs, virttest.ScreenHost(t, "/run/screen.sock"))
	w.vm = virttest.Only(t, w.svc, w.ctx).Ref()
	path := os.Getenv("PATH")
	for _, tool := range []string{"setsid", "cp", "mv", "sh", "stat"} {
		for _, dir := range filepath.SplitList(path) {
			if _, err := os.Stat(filepath.Join(dir, tool)); err == nil {
				_ = os.Symlink(filepath.Join(dir, tool), filepath.Join(w.bin, tool)) // the first one counts
			}
		}
	}
	t.Setenv("PATH", w.bin)
	return w
}

// install puts a program into the computer, written for sh.
func (w *watcher) install(t *testing.T, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// reads waits for what the viewer copied to the file out.
func (w *watcher) reads(t *testing.T, out string) string {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		if text, err := os.ReadFile(out); err == nil {
			return string(text)
		}
		select {
		case <-look.C:
		case <-deadline.C:
			t.Fatal("the viewer was not started")
		}
	}
}

func TestAnotherViewerGetsAFileThatOnlyItsOwnerCanRead(t *testing.T) {
	for _, c := range []struct{ name, program string }{{"the viewer of virt-viewer", "remote-viewer"}, {"what the desktop has", "xdg-open"}} {
		t.Run(c.name, func(t *testing.T) {
			w := newWatcher(t)
			out := filepath.Join(t.TempDir(), "read")
			w.install(t, c.program, `stat -c %a "$1" > "`+out+`.part" && cp "$1" "`+out+`.text" && mv "`+out+`.part" "`+out+`"`)
			w.install(t, "xdg-mime", "echo viewer.desktop")

			if err := w.svc.VMs.OpenViewer(w.ctx, w.vm); err != nil {
				t.Fatal(err)
			}

			if mode := strings.TrimSpace(w.reads(t, out)); mode != "600" {
				t.Errorf("the file's mode is %s", mode)
			}
			if text := w.reads(t, out+".text"); text != "[virt-viewer]\ntype=vnc\nunix-path=/run/screen.sock\ntitle=web\ndelete-this-file=1\n" {
				t.Errorf("the viewer read %q", text)
			}
		})
	}
}

func TestAComputerWithoutAnotherViewerSaysWhichPackageHasOne(t *testing.T) {
	w := newWatcher(t)
	w.install(t, "xdg-open", "exit 1")
	w.install(t, "xdg-mime", "exit 0") // knows no program for such files

	err := w.svc.VMs.OpenViewer(w.ctx, w.vm)

	if !errors.Is(err, vm.ErrNoViewer) || !strings.Contains(virt.HintOf(err), "virt-viewer") {
		t.Errorf("got %v, hint %q", err, virt.HintOf(err))
	}
	if left, _ := filepath.Glob(filepath.Join(w.dirs.Runtime, "*.vv")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAMachineThatIsOffHasNothingToView(t *testing.T) {
	w := newWatcher(t)
	if err := w.svc.VMs.Off(w.ctx, w.vm); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.VMs.ViewerFile(w.ctx, w.vm); !errors.Is(err, virt.ErrState) {
		t.Errorf("got %v, want %v", err, virt.ErrState)
	}
}
