package vm_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// bootable makes an image of 16 MiB in the format, from which a computer says
// running. Most of it is holes.
func bootable(t *testing.T, format string, options ...string) string {
	t.Helper()
	needPrograms(t, "qemu-img")
	dir := t.TempDir()
	raw := filepath.Join(dir, "disk.raw")
	if err := errors.Join(os.WriteFile(raw, virttest.BootSector(t), 0o600), os.Truncate(raw, 16<<20)); err != nil {
		t.Fatal(err)
	}
	if format == "raw" {
		return raw
	}
	path := filepath.Join(dir, "disk."+format)
	mustRun(t, "qemu-img", append(append([]string{"convert", "-f", "raw", "-O", format}, options...), raw, path)...)
	return path
}

func TestAnImageOfEachFormatIsImportedAndBoots(t *testing.T) {
	h := newHouse(t)
	for name, c := range map[string]struct {
		path string
		want virt.DiskSpec // format of the disk
		file string
	}{
		"raw":   {bootable(t, "raw"), virt.DiskSpec{Format: "raw"}, "raw.img"},
		"qcow2": {bootable(t, "qcow2"), virt.DiskSpec{Format: "qcow2"}, "qcow2.qcow2"},
		"vmdk":  {bootable(t, "vmdk"), virt.DiskSpec{Format: "qcow2"}, "vmdk.qcow2"},
		"split": {bootable(t, "vmdk", "-o", "subformat=twoGbMaxExtentSparse"), virt.DiskSpec{Format: "qcow2"}, "split.qcow2"},
		"flat":  {bootable(t, "vmdk", "-o", "subformat=monolithicFlat"), virt.DiskSpec{Format: "qcow2"}, "flat.qcow2"},
		"vdi":   {bootable(t, "vdi"), virt.DiskSpec{Format: "qcow2"}, "vdi.qcow2"},
		"vhdx":  {bootable(t, "vhdx"), virt.DiskSpec{Format: "qcow2"}, "vhdx.qcow2"},
	} {
		d := h.mustCreate(virt.VMSpec{Name: name, Import: c.path, Start: true, Network: "none"})
		h.wantOnSerial(d.Ref(), running)
		if len(d.Disks) != 1 || d.Disks[0].Format != c.want.Format || d.Disks[0].Path != filepath.Join(h.images, c.file) || d.Disks[0].Capacity != 16<<20 {
			t.Errorf("%s: its disks are %+v", name, d.Disks)
		}
		h.sweep()
	}
	for _, line := range h.state() {
		if strings.Contains(line, "machines") {
			t.Errorf("a temporary file stays: %s", line)
		}
	}
}

func TestImportedHolesStayHoles(t *testing.T) {
	h := newHouse(t)
	h.mustCreate(virt.VMSpec{Name: "holes", Import: bootable(t, "raw")})
	var stat syscall.Stat_t
	if err := syscall.Stat(filepath.Join(h.images, "holes.img"), &stat); err != nil {
		t.Fatal(err)
	}
	if stat.Size != 16<<20 || stat.Blocks*512 > 1<<20 {
		t.Errorf("a file of %d bytes takes %d", stat.Size, stat.Blocks*512)
	}
}

func TestImportTakesAFormatAPoolAndFurtherDisks(t *testing.T) {
	h := newHouse(t)
	dir := h.directory("second")
	h.pool("second", dir)
	d := h.mustCreate(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{
		{Import: bootable(t, "raw"), Format: "qcow2", Pool: "second"}, {Size: 1 << 20},
	}})
	if len(d.Disks) != 2 || d.Disks[0].Path != filepath.Join(dir, "web.qcow2") || d.Disks[0].Format != "qcow2" || d.Disks[1].Pool != "default" {
		t.Errorf("its disks are %+v", d.Disks)
	}
}

func TestPreviewOfAnImportMakesNothing(t *testing.T) {
	h := newHouse(t)
	before := h.state()
	xml, err := h.svc.VMs.Preview(h.ctx, h.host, virt.VMSpec{Name: "seen", Import: bootable(t, "vdi"), Accel: "tcg"})
	if err != nil || !strings.Contains(xml, filepath.Join(h.images, "seen.qcow2")) {
		t.Errorf("%v: %s", err, xml)
	}
	h.wantState(before)
}

func TestImagesThatCannotBeImportedAreRefusedBeforeAnythingIsMade(t *testing.T) {
	h := newHouse(t)
	base := bootable(t, "qcow2")
	overlay := filepath.Join(t.TempDir(), "overlay.qcow2")
	mustRun(t, "qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", overlay)
	lost := bootable(t, "vmdk", "-o", "subformat=monolithicFlat")
	if err := os.Remove(filepath.Join(filepath.Dir(lost), "disk-flat.vmdk")); err != nil {
		t.Fatal(err)
	}
	before := h.state()
	for what, c := range map[string]struct {
		disk virt.DiskSpec
		kind virt.ErrorKind
	}{
		"an overlay":    {virt.DiskSpec{Import: overlay}, virt.KindUnsupported},
		"a lost part":   {virt.DiskSpec{Import: lost}, virt.KindNotFound},
		"no file":       {virt.DiskSpec{Import: "/no/such.vmdk"}, virt.KindNotFound},
		"a directory":   {virt.DiskSpec{Import: t.TempDir()}, virt.KindInvalid},
		"an empty file": {virt.DiskSpec{Import: h.file("empty", nil)}, virt.KindInvalid},
		"a bad format":  {virt.DiskSpec{Import: base, Format: "vdi"}, virt.KindInvalid},
		"no pool":       {virt.DiskSpec{Import: base, Pool: "none"}, virt.KindNotFound},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := h.create(virt.VMSpec{Name: "bad", Disks: []virt.DiskSpec{c.disk}})
			wantKind(t, err, c.kind)
		})
	}
	h.wantState(before)
}

func TestAnImportThatIsCancelledOrFindsNoRoomLeavesNothing(t *testing.T) {
	h := newHouse(t)
	large := filepath.Join(t.TempDir(), "large.raw")
	content := make([]byte, 64<<20)
	for i := range content {
		content[i] = byte(i | 1)
	}
	if err := os.WriteFile(large, content, 0o600); err != nil {
		t.Fatal(err)
	}
	converted := filepath.Join(t.TempDir(), "large.vdi")
	mustRun(t, "qemu-img", "convert", "-f", "raw", "-O", "vdi", large, converted)
	before := h.state()
	for _, step := range []string{"copy image", "convert image"} {
		half := func(op virt.Operation) bool { return op.Stage == step && op.Done > 0 }
		done := h.at(half, func() {
			running, err := h.svc.Operations.List(h.ctx, virt.OperationFilter{State: virt.OperationRunning})
			if err == nil && len(running) > 0 {
				_ = h.svc.Operations.Cancel(h.ctx, running[0].ID)
			}
		})
		_, err := h.create(virt.VMSpec{Name: "stopped", Import: converted})
		<-done
		wantKind(t, err, virt.KindCancelled)
		h.wantState(before)
	}
	if smallDisk == "" {
		t.Skip("there is no small disk")
	}
	h.pool("small", smallDisk)
	before = h.state()
	_, err := h.create(virt.VMSpec{Name: "full", Disks: []virt.DiskSpec{{Import: large, Pool: "small"}}})
	wantKind(t, err, virt.KindNoSpace)
	h.wantState(before)
}
