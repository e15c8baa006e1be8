package vm_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// locked moves the file into a directory that only its owner may enter.
func (h *house) locked(path string) string {
	h.t.Helper()
	home := filepath.Join(h.directory("home"), "ada")
	moved := filepath.Join(home, filepath.Base(path))
	if err := os.Mkdir(home, 0o700); err != nil {
		h.t.Fatal(err)
	}
	mustRun(h.t, "cp", path, moved)
	return moved
}

func TestADiscThatTheHypervisorMayNotReadIsNoticedBeforeAnythingIsMade(t *testing.T) {
	h := newHouse(t)
	disc := h.locked(h.disc("MY OWN SYSTEM"))
	a, err := h.svc.VMs.Access(h.ctx, h.host, disc)
	if err != nil || a.User == "" || len(a.Obstacles) != 1 || a.Obstacles[0] != (virt.FileObstacle{Path: filepath.Dir(disc), Needs: virt.NeedsEnter}) {
		t.Fatalf("got %+v, %v", a, err)
	}
	before := h.state()
	_, err = h.create(virt.VMSpec{Name: "refused", ISO: disc, Disks: []virt.DiskSpec{{Size: 4 << 20}}})
	wantKind(t, err, virt.KindForbidden)
	if !strings.Contains(virt.HintOf(err), "copy") || !strings.Contains(virt.HintOf(err), "grant") {
		t.Errorf("the hint is %q", virt.HintOf(err))
	}
	h.wantState(before)

	// And it is true: without the check the start fails.
	if _, err := h.create(virt.VMSpec{Name: "ignored", ISO: disc, NoDisk: true, Unreadable: virt.UnreadableIgnore, Start: true, Network: "none"}); err == nil {
		t.Error("a machine runs with a disc that was said to be unreadable")
	}
	h.wantState(before)
	if a, err := h.svc.VMs.Access(h.ctx, h.host, h.disc("OPEN")); err != nil || len(a.Obstacles) != 0 {
		t.Errorf("an open disc: %+v, %v", a, err)
	}
}

func TestAnUnreadableDiscIsCopiedOrMadeReadable(t *testing.T) {
	h := newHouse(t)
	original := h.disc("MY OWN SYSTEM")
	for how, at := range map[string]func(disc string) string{
		virt.UnreadableCopy:  func(string) string { return filepath.Join(h.images, "install.iso") },
		virt.UnreadableGrant: func(disc string) string { return disc },
	} {
		disc := h.locked(original)
		spec := virt.VMSpec{Name: how, ISO: disc, Unreadable: how, Start: true, Network: "none", Disks: []virt.DiskSpec{{Size: 4 << 20}}, Accel: "tcg"}
		planned, err := h.svc.VMs.Preview(h.ctx, h.host, spec)
		if err != nil || !strings.Contains(planned, at(disc)) {
			t.Errorf("%s: %v, planned %s", how, err, planned)
		}
		d := h.mustCreate(spec)
		h.wantOnSerial(d.Ref(), running)
		if d.Disks[1].Path != at(disc) {
			t.Errorf("%s: the disc is %s", how, d.Disks[1].Path)
		}
		h.sweep()
	}
}

func TestAnUnreadableDiskAndKernelAreCopied(t *testing.T) {
	h := newHouse(t)
	disk := h.locked(bootable(t, "raw"))
	d := h.mustCreate(virt.VMSpec{
		Name: "disk", Unreadable: virt.UnreadableCopy, Start: true, Network: "none", Disks: []virt.DiskSpec{{Path: disk, Format: "raw"}},
	})
	h.wantOnSerial(d.Ref(), running)
	if d.Disks[0].Path != filepath.Join(h.images, "disk.img") {
		t.Errorf("the disk is %s", d.Disks[0].Path)
	}
	kernel := h.locked(h.file("vmlinuz", []byte("a kernel")))
	d = h.mustCreate(virt.VMSpec{Name: "kernel", Unreadable: virt.UnreadableCopy, Kernel: kernel, NoDisk: true, Network: "none"})
	if xml := h.xml(d.Ref()); xml.OS.Kernel != filepath.Join(h.images, "vmlinuz") {
		t.Errorf("the kernel is %s", xml.OS.Kernel)
	}
}

func TestAccessThatWasGivenIsTakenBackWhenTheRestFails(t *testing.T) {
	h := newHouse(t)
	disc := h.locked(h.disc("MY OWN SYSTEM"))
	home := filepath.Dir(disc)
	look := func() string {
		out, err := exec.Command("getfacl", "-n", "-p", home, disc).Output()
		if err != nil {
			t.Skip(err)
		}
		return string(out)
	}
	before, state := look(), h.state()
	_, err := h.create(virt.VMSpec{Name: "x", ISO: disc, Unreadable: virt.UnreadableGrant, Network: "none", Disks: []virt.DiskSpec{{Size: 1 << 20}, {Volume: "default/none"}}})
	wantKind(t, err, virt.KindNotFound)
	h.wantState(state)
	if after := look(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}
