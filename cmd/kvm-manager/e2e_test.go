package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/cmd/kvm-manager/internal/desktop"
	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/storage"
)

// bootTime is what a tiny machine may take to boot by emulation on a busy
// computer.
const bootTime = 180 * time.Second

// TestTheFirstJourney is a newcomer's first five minutes, by mouse and keyboard:
// make the tiny machine, watch it boot on its console, type a command and see
// the answer, shut it down, delete it. Nothing of it remains.
func TestTheFirstJourney(t *testing.T) {
	daemon := virttest.Libvirtd(t)
	svc, ctx := virttest.OpenURI(t, daemon.URI)
	host := virttest.Host(t, svc, ctx)
	before := inventory(t, svc, ctx, host, daemon.Dir)

	display := desktop.NewDisplay(t, "1280x800")
	w := openWindow(t, display, daemon.URI)
	w.Save(t, "1-welcome")

	w.Click(t, "push button", "Try a tiny Linux machine")
	w.WaitShown(t, "Create and start", 10*time.Second)
	w.Save(t, "2-dialog")
	w.Key(t, "ctrl+a")
	w.Type(t, "journey")
	w.Key(t, "Return")
	w.WaitShown(t, "Prepare and create", 30*time.Second)
	w.Save(t, "2-prepare")
	w.Key(t, "Return")

	var vm virt.VM
	desktop.Until(t, bootTime, "the machine to run", func() bool {
		vms, err := svc.VMs.List(ctx, host)
		if err == nil && len(vms) == 1 {
			vm = vms[0]
		}
		return vm.State == virt.StateRunning
	})
	serial := follow(t, svc, ctx, vm.Ref())
	desktop.Until(t, 60*time.Second, "the console to open", func() bool { c, ok := w.Console(vm.ID); return ok && c.Updates > 0 })
	desktop.Until(t, bootTime, "the guest's shell", func() bool { return serial.has("TINY READY") })
	w.WaitIdle(t, 30*time.Second)
	w.Save(t, "3-console")

	screen := w.Find(t, "drawing area", "Screen of journey")
	w.ClickAt(t, screen.X+screen.W/2, screen.Y+screen.H/2, 1)
	shown := display.Picture(t)
	picture, _ := w.Console(vm.ID)
	w.Type(t, "echo answer $((40+2)) | tee /dev/ttyS0")
	w.Key(t, "Return")
	desktop.Until(t, 60*time.Second, "the guest's answer", func() bool { return serial.has("answer 42") })
	desktop.Until(t, 30*time.Second, "another picture", func() bool {
		now, ok := w.Console(vm.ID)
		return ok && now.Hash != picture.Hash && now.Updates > picture.Updates
	})
	w.WaitIdle(t, 30*time.Second)
	w.Save(t, "4-answer")
	if area := image.Rect(screen.X, screen.Y, screen.X+screen.W, screen.Y+screen.H); same(shown, display.Picture(t), area) {
		t.Error("the console's pixels on the display did not change")
	}

	w.Click(t, "push button", "Shut down")
	desktop.Until(t, 60*time.Second, "the machine to go off", func() bool {
		now, err := svc.VMs.One(ctx, vm.Ref())
		return err == nil && now.State == virt.StateShutoff
	})
	w.WaitShown(t, "Start", 10*time.Second)
	w.Save(t, "5-off")

	w.Key(t, "Delete")
	w.WaitShown(t, "Delete machine", 10*time.Second)
	w.Save(t, "6-delete")
	w.Click(t, "push button", "Delete machine")
	desktop.Until(t, 60*time.Second, "the machine to be gone", func() bool {
		vms, err := svc.VMs.List(ctx, host)
		return err == nil && len(vms) == 0
	})
	w.WaitShown(t, "Try a tiny Linux machine", 10*time.Second)
	w.Save(t, "7-gone")
	if after := inventory(t, svc, ctx, host, daemon.Dir); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func openWindow(t *testing.T, d *desktop.Display, uri string, args ...string) *desktop.Window {
	t.Helper()
	return desktop.Open(t, d, filepath.Join(programs, "kvm-manager"), environment(t), append([]string{"--host", uri, "--size", "1280x800"}, args...)...)
}

// environment gives a program files of its own and the computer's cache, in
// which the tiny machine's parts lie.
func environment(t *testing.T) []string {
	dir := t.TempDir()
	return []string{
		"XDG_CONFIG_HOME=" + dir + "/config", "XDG_DATA_HOME=" + dir + "/data", "XDG_STATE_HOME=" + dir + "/state",
		"XDG_CACHE_HOME=" + filepath.Dir(storage.DefaultDirs().Cache),
	}
}

func TestTheEndOfTheSessionKeepsHowTheWindowIsLeft(t *testing.T) {
	dir := t.TempDir()
	w := openWindow(t, desktop.NewDisplay(t, "1280x900"), "test:///default", "--config-dir", dir, "--size", "900x640")
	w.Close(t) // by SIGTERM
	text, err := os.ReadFile(filepath.Join(dir, "settings.json"))
	if err != nil || !strings.Contains(string(text), `"width": 900`) {
		t.Errorf("the settings are %s, %v", text, err)
	}
}

// inventory tells all that a machine could leave on a host. The default pool
// and network stay once they are there; only what lies in them counts.
func inventory(t *testing.T, svc *services.Services, ctx context.Context, host virt.HostID, dir string) string { //nolint:revive // t comes first
	t.Helper()
	var all strings.Builder
	vms, err := svc.VMs.List(ctx, host)
	for _, vm := range vms {
		fmt.Fprintln(&all, "vm", vm.Name)
	}
	pools, poolErr := svc.Pools.List(ctx, host)
	if err != nil || poolErr != nil {
		t.Fatal(err, poolErr)
	}
	for _, p := range pools {
		volumes, err := svc.Pools.Volumes(ctx, host, p.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range volumes {
			fmt.Fprintln(&all, "volume", v.Path)
		}
	}
	for _, pattern := range []string{"nvram/*", "save/*", "snapshot/*"} {
		files, _ := filepath.Glob(filepath.Join(dir, "lib/libvirt/qemu", pattern))
		fmt.Fprintln(&all, files)
	}
	return all.String()
}

// A transcript is all that a serial port has said.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *transcript) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *transcript) has(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(s.text.String(), text)
}

func (s *transcript) times(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Count(s.text.String(), text)
}

func follow(t *testing.T, svc *services.Services, ctx context.Context, vm virt.Ref) *transcript { //nolint:revive // t comes first
	t.Helper()
	port, err := svc.VMs.Serial(ctx, vm, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	said := &transcript{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(said, port)
	}()
	t.Cleanup(func() {
		port.Close()
		<-done
		if t.Failed() {
			fmt.Fprintf(os.Stderr, "the serial port said:\n%s\n", said.text.String())
		}
	})
	return said
}

// same reports whether two pictures agree within the area.
func same(a, b image.Image, area image.Rectangle) bool {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}
