package vm_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// reasons maps what a delete kept to why.
func reasons(r virt.Removal) map[string]string {
	m := map[string]string{}
	for _, item := range r.Kept {
		m[item.Name] = item.Reason
	}
	return m
}

func removed(r virt.Removal) []string {
	names := []string{}
	for _, item := range r.Removed {
		names = append(names, item.Name)
	}
	slices.Sort(names)
	return names
}

func TestDeleteTakesWhatIsItsOwnAndKeepsTheRestWithReasons(t *testing.T) {
	h := newHouse(t)
	n, err := h.beside.NetworkByName("default")
	if err == nil && !n.Active { // the first machine of a host starts it
		err = h.beside.StartNetwork(n.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	before := h.state()
	shared := h.mustCreate(virt.VMSpec{Name: "other", Disks: []virt.DiskSpec{{Size: 1 << 20}}}).Disks[0]
	outside := h.file("outside.img", make([]byte, 1<<20))
	iso := filepath.Join(h.images, "medium.iso")
	if err := os.WriteFile(iso, make([]byte, 1<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	middle := h.state()
	d := h.mustCreate(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{
		{Size: 1 << 20}, {Volume: shared.Pool + "/" + shared.Volume}, {Path: outside, Format: "raw"}, {Size: 1 << 20},
	}})
	doc := h.xml(d.Ref())
	doc.Devices.Disks[3].ReadOnly = &libvirtxml.DomainDiskReadOnly{}
	doc.Devices.Disks = append(doc.Devices.Disks, libvirtxml.DomainDisk{
		Device: "cdrom", Source: &libvirtxml.DomainDiskSource{File: &libvirtxml.DomainDiskSourceFile{File: iso}},
		Target: &libvirtxml.DomainDiskTarget{Dev: "sdz", Bus: "sata"}, Driver: &libvirtxml.DomainDiskDriver{Name: "qemu", Type: "raw"},
	})
	xml, err := doc.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	h.define(xml)

	removal, err := h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := removed(removal), []string{"vda default/web.qcow2", "web"}; !slices.Equal(got, want) {
		t.Errorf("removed %q, want %q", got, want)
	}
	kept := reasons(removal)
	for name, want := range map[string]string{
		"vdb default/other.qcow2": "used by other", "vdc " + outside: "outside the pools", "vdd default/web-1.qcow2": "read-only", "sdz default/medium.iso": "removable medium",
	} {
		if kept[name] != want {
			t.Errorf("%s was kept because %q, want %q; all: %q", name, kept[name], want, kept)
		}
	}
	for _, line := range middle {
		if !slices.Contains(h.state(), line) {
			t.Errorf("gone with it: %s", line)
		}
	}
	if err := h.beside.DeleteVolume("default", "web-1.qcow2"); err != nil {
		t.Error(err)
	}
	if err := h.beside.DeleteVolume("default", "medium.iso"); err != nil {
		t.Error(err)
	}
	other, err := h.svc.VMs.Find(h.ctx, h.host, "other")
	if err == nil {
		_, err = h.svc.VMs.Delete(h.ctx, other, virt.DeleteSpec{})
	}
	if err != nil {
		t.Fatal(err)
	}
	h.wantState(before)
}

func TestDeleteKeepsTheImageThatAnotherMachinesDiskBuildsOn(t *testing.T) {
	h := newHouse(t)
	for _, how := range []string{"absolute", "relative", "linked", "json", "dotted"} {
		base := h.mustCreate(virt.VMSpec{Name: "base-" + how, Disks: []virt.DiskSpec{{Size: 1 << 20}}})
		path := base.Disks[0].Path
		dir := filepath.Dir(path)
		backing := map[string]string{
			"absolute": path, "relative": filepath.Base(path), "linked": filepath.Join(dir, "link-"+how),
			"json":   `json:{"driver":"qcow2","file":{"driver":"file","filename":"` + path + `"}}`,
			"dotted": `json:{"driver":"qcow2","file.driver":"file","file.filename":"` + path + `"}`,
		}[how]
		if how == "linked" {
			if err := os.Symlink(path, backing); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Remove(backing) })
		}
		below := path
		for _, layer := range []string{"middle", "top"} { // the machine's disk builds on one that builds on the base
			overlay := filepath.Join(dir, layer+"-"+how+".qcow2")
			if out, err := exec.Command("qemu-img", "create", "-f", "qcow2", "-F", "qcow2", "-b", backing, overlay).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			t.Cleanup(func() { _ = os.Remove(overlay) })
			backing, below = overlay, overlay
		}
		pool, err := h.beside.PoolByName("default")
		if err != nil {
			t.Fatal(err)
		}
		if err := h.beside.RefreshPool(pool.ID); err != nil {
			t.Fatal(err)
		}
		if base, err := h.beside.VolumeBase(below); err != nil || base != filepath.Join(dir, "middle-"+how+".qcow2") {
			t.Errorf("libvirt says that %s builds on %q, %v", below, base, err)
		}
		h.mustCreate(virt.VMSpec{Name: "clone-" + how, Disks: []virt.DiskSpec{{Path: below, Format: "qcow2"}}})

		removal, err := h.svc.VMs.Delete(h.ctx, base.Ref(), virt.DeleteSpec{})
		if err != nil {
			t.Fatal(err)
		}
		if why := reasons(removal)["vda default/"+filepath.Base(path)]; why != "used by clone-"+how {
			t.Errorf("%s: kept because %q: %+v", how, why, removal)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: what the clone builds on: %v", how, err)
		}
	}
}

func TestDeleteKeepsADiskOfADefinitionThatLibvirtToldNobodyOf(t *testing.T) {
	h := newHouse(t)
	small := []virt.DiskSpec{{Size: 1 << 20}}
	others := []virt.VMDetail{
		h.mustCreate(virt.VMSpec{Name: "off", Network: "none", Disks: small}),
		h.mustCreate(virt.VMSpec{Name: "running", Network: "none", Disks: small, Memory: 32 << 20, Start: true}),
	}
	lost := h.mustCreate(virt.VMSpec{Name: "lost", Disks: []virt.DiskSpec{{Size: 1 << 20}, {Size: 1 << 20}}})
	if _, err := h.svc.VMs.List(h.ctx, h.host); err != nil { // all are known by now
		t.Fatal(err)
	}
	const disk = `<disk type="file" device="disk"><driver name="qemu" type="qcow2"/><source file="%s"/><target dev="vdb" bus="virtio"/></disk>`

	for _, other := range others {
		web := h.mustCreate(virt.VMSpec{Name: "web-" + other.Name, Disks: small})
		if err := h.beside.AddDevice(other.ID, fmt.Sprintf(disk, web.Disks[0].Path), false); err != nil {
			t.Fatal(err)
		}
		removal, err := h.svc.VMs.Delete(h.ctx, web.Ref(), virt.DeleteSpec{})
		if why := reasons(removal)["vda default/"+web.Disks[0].Volume]; err != nil || why != "used by "+other.Name {
			t.Errorf("kept because %q, %v: %+v", why, err, removal)
		}
	}

	if err := h.beside.RemoveDevice(lost.ID, fmt.Sprintf(disk, lost.Disks[1].Path), false); err != nil {
		t.Fatal(err)
	}
	removal, err := h.svc.VMs.Delete(h.ctx, lost.Ref(), virt.DeleteSpec{})
	if got, want := removed(removal), []string{"lost", "vda default/lost.qcow2"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("removed %q, %v; want %q", got, err, want)
	}
}

func TestDeleteTakesTheDisksThatAreNamed(t *testing.T) {
	h := newHouse(t)
	for what, c := range map[string]struct {
		disks []string
		gone  []string
	}{
		"none": {[]string{}, []string{"web"}},
		"one":  {[]string{"vdb"}, []string{"vdb default/web-1.qcow2", "web"}},
		"all":  {nil, []string{"vda default/web.qcow2", "vdb default/web-1.qcow2", "web"}},
	} {
		t.Run(what, func(t *testing.T) {
			d := h.mustCreate(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20}, {Size: 1 << 20}}})
			removal, err := h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{Disks: c.disks})
			if err != nil || !slices.Equal(removed(removal), c.gone) || len(removal.Removed)+len(removal.Kept) != 3 {
				t.Errorf("removed %q, kept %q, %v; want %q gone", removed(removal), reasons(removal), err, c.gone)
			}
			for _, item := range removal.Kept {
				if item.Reason != "not chosen" {
					t.Errorf("%s was kept because %q", item.Name, item.Reason)
				}
			}
			for _, disk := range d.Disks {
				_ = h.beside.DeleteVolume("default", disk.Volume) // what was kept
			}
		})
	}
}

func TestDeleteRemovesARunningMachineOnlyByForceAndItsSavedMemory(t *testing.T) {
	h := newHouse(t)
	before := h.state()
	spec := virt.VMSpec{Name: "web", Memory: 32 << 20, Disks: []virt.DiskSpec{{Size: 1 << 20}}, Network: "none", Start: true, Autostart: true}
	d := h.mustCreate(spec)
	running := h.state()
	if _, err := h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{}); virt.KindOf(err) != virt.KindState || virt.HintOf(err) == "" {
		t.Errorf("a running machine: %v, hint %q", err, virt.HintOf(err))
	}
	h.wantState(running)
	if _, err := h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{Force: true}); err != nil {
		t.Error(err)
	}
	h.wantState(before)

	d = h.mustCreate(spec)
	if err := h.svc.VMs.Save(h.ctx, d.Ref()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{}); err != nil {
		t.Error(err)
	}
	h.wantState(before)
}

func TestDeleteOfATransientMachineEndsIt(t *testing.T) {
	h := newHouse(t)
	before := h.state()
	ref, err := h.beside.CreateTransient(`<domain type="qemu"><name>web</name><memory>32768</memory><os><type arch="x86_64">hvm</type></os></domain>`)
	if err != nil {
		t.Fatal(err)
	}
	ref.Host = h.host
	removal, err := h.svc.VMs.Delete(h.ctx, ref, virt.DeleteSpec{Force: true})
	if err != nil || !slices.Equal(removed(removal), []string{"web"}) {
		t.Errorf("removed %q, %v", removed(removal), err)
	}
	h.wantState(before)
}

func TestDeleteSaysWhatItCouldNotDelete(t *testing.T) {
	if smallDisk == "" {
		t.Skip("no file system can be mounted here")
	}
	h := newHouseAt(t, smallDisk)
	d := h.mustCreate(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20}}})
	if err := run("mount", "-o", "remount,ro", smallDisk); err != nil {
		t.Fatal(err)
	}
	removal, err := h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{})
	if mountErr := run("mount", "-o", "remount,rw", smallDisk); mountErr != nil {
		t.Fatal(mountErr)
	}
	wantKind(t, err, virt.KindPartial)
	if !slices.Equal(removed(removal), []string{"web"}) || reasons(removal)["vda default/web.qcow2"] == "" {
		t.Errorf("removed %q, kept %q", removed(removal), reasons(removal))
	}
	if err := h.beside.DeleteVolume("default", "web.qcow2"); err != nil {
		t.Error(err)
	}
}

func TestDeleteLeavesADiskInAStoppedPool(t *testing.T) {
	h := newHouse(t)
	second := h.pool("second", h.directory("second"))
	d := h.mustCreate(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20, Pool: "second"}, {Size: 1 << 20}}})
	if err := h.beside.StopPool(second.ID); err != nil {
		t.Fatal(err)
	}
	removal, err := h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{})
	if err != nil || !slices.Equal(removed(removal), []string{"vdb default/web.qcow2", "web"}) {
		t.Errorf("removed %q, kept %q, %v", removed(removal), reasons(removal), err)
	}
	if _, err := os.Stat(filepath.Join(second.Path, "web.qcow2")); err != nil {
		t.Error(err)
	}
}

// define stores a document as virsh would.
func (h *house) define(xml string) {
	h.t.Helper()
	if _, err := h.beside.DefineDomain(xml); err != nil {
		h.t.Fatal(err)
	}
}

func TestDeleteOfAMachineWhoseVolumeIsGoneSucceeds(t *testing.T) {
	h := newHouse(t)
	before := h.state()
	d := h.mustCreate(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20}}})
	if err := h.beside.DeleteVolume("default", "web.qcow2"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{}); err != nil {
		t.Error(err)
	}
	if _, err := h.beside.LookupVM("web"); virt.KindOf(err) != virt.KindNotFound {
		t.Errorf("the machine: %v", err)
	}
	h.wantState(before)
	if err := h.beside.Undefine(d.ID, hypervisor.UndefineOptions{}); virt.KindOf(err) != virt.KindNotFound {
		t.Errorf("undefine once more: %v", err)
	}
}
