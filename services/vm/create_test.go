package vm_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestCreateMakesADefaultMachine(t *testing.T) {
	h := newHouse(t)
	d := h.mustCreate(virt.VMSpec{Name: "web"})
	if d.Name != "web" || d.State != virt.StateShutoff || !d.Persistent || d.Autostart || d.Memory != 1<<30 || d.VCPUs != 1 || d.Accel != "tcg" {
		t.Errorf("the machine is %+v", d.VM)
	}
	if len(d.Disks) != 1 || d.Disks[0].Pool != "default" || d.Disks[0].Volume != "web.qcow2" || d.Disks[0].Capacity != 20<<30 || d.Disks[0].Format != "qcow2" {
		t.Errorf("its disks are %+v", d.Disks)
	}
	if len(d.NICs) != 1 || len(d.Graphics) != 1 || len(d.Serials) != 1 {
		t.Errorf("it has cards %v, screens %v, serial ports %v", d.NICs, d.Graphics, d.Serials)
	}
}

func TestCreateTakesTheNextFreeVolumeName(t *testing.T) {
	h := newHouse(t)
	if err := os.WriteFile(filepath.Join(h.images, "web.qcow2"), []byte("somebody else's"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.state() // refreshes the pool
	d := h.mustCreate(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20}, {Size: 1 << 20, Format: "raw"}, {Size: 1 << 20}}})
	var names []string
	for _, disk := range d.Disks {
		names = append(names, disk.Volume)
	}
	if want := []string{"web-1.qcow2", "web.img", "web-2.qcow2"}; !slices.Equal(names, want) {
		t.Errorf("volumes %v, want %v", names, want)
	}
}

func TestCreateTakesAFileThatNoRefreshHasSeen(t *testing.T) {
	h := newHouse(t)
	path := filepath.Join(h.images, "web.qcow2")
	if err := os.WriteFile(path, []byte("somebody else's"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := h.mustCreate(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20}}})
	if d.Disks[0].Volume != "web-1.qcow2" {
		t.Errorf("the volume is %s", d.Disks[0].Volume)
	}
	if left, err := os.ReadFile(path); err != nil || string(left) != "somebody else's" {
		t.Errorf("the other's file is %q, %v", left, err)
	}
}

func TestCreateTakesExistingVolumesKernelAndInitrd(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"kernel", "initrd", "disk.img"} {
		if err := os.WriteFile(filepath.Join(h.images, name), make([]byte, 1<<20), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h.state()
	other := h.file("other.img", make([]byte, 1<<20))
	d := h.mustCreate(virt.VMSpec{
		Name: "lab", Kernel: "default/kernel", Initrd: filepath.Join(h.images, "initrd"), Cmdline: "console=ttyS0 'quoted' <&>",
		Disks: []virt.DiskSpec{{Volume: "default/disk.img"}, {Path: other, Format: "raw", Bus: "sata"}}, Network: "none", NoScreen: true,
	})
	xml := h.xml(d.Ref())
	if xml.OS.Kernel != filepath.Join(h.images, "kernel") || xml.OS.Initrd != filepath.Join(h.images, "initrd") || xml.OS.Cmdline != "console=ttyS0 'quoted' <&>" {
		t.Errorf("it boots %+v", xml.OS)
	}
	if len(d.Disks) != 2 || d.Disks[0].Volume != "disk.img" || d.Disks[0].Format != "raw" || d.Disks[1].Path != other || d.Disks[1].Bus != "sata" {
		t.Errorf("its disks are %+v", d.Disks)
	}
	if len(d.NICs) != 0 || len(d.Graphics) != 0 {
		t.Errorf("it has cards %v and screens %v", d.NICs, d.Graphics)
	}
}

func TestCreateRefusesWhatIsNotThereAndMakesNothing(t *testing.T) {
	h := newHouse(t)
	before := h.state()
	size := []virt.DiskSpec{{Size: 1 << 20}}
	for what, c := range map[string]struct {
		spec virt.VMSpec
		kind virt.ErrorKind
	}{
		"no such kernel":           {virt.VMSpec{Kernel: "/no/such/kernel"}, virt.KindNotFound},
		"no such kernel volume":    {virt.VMSpec{Kernel: "default/nothing"}, virt.KindNotFound},
		"no such pool":             {virt.VMSpec{Disks: []virt.DiskSpec{{Size: 1 << 20}, {Size: 1 << 20, Pool: "nothing"}}}, virt.KindNotFound},
		"no such volume":           {virt.VMSpec{Disks: []virt.DiskSpec{{Size: 1 << 20}, {Volume: "default/nothing"}}}, virt.KindNotFound},
		"no such file":             {virt.VMSpec{Disks: []virt.DiskSpec{{Path: "/no/such/file", Format: "raw"}}}, virt.KindNotFound},
		"a file of unknown format": {virt.VMSpec{Disks: []virt.DiskSpec{{Path: "/bin/sh"}}}, virt.KindInvalid},
		"no such network":          {virt.VMSpec{Disks: size, Network: "nothing"}, virt.KindNotFound},
		"no such machine type":     {virt.VMSpec{Disks: size, Machine: "nothing"}, virt.KindUnsupported},
		"no such format":           {virt.VMSpec{Disks: []virt.DiskSpec{{Size: 1 << 20, Format: "nothing"}}}, virt.KindUnsupported},
		"no such bus":              {virt.VMSpec{Disks: []virt.DiskSpec{{Size: 1 << 20, Bus: "nothing"}}}, virt.KindUnsupported},
		"a disk beyond all":        {virt.VMSpec{Disks: []virt.DiskSpec{{Size: 1 << 20}, {Size: 1 << 62, Format: "raw"}}}, virt.KindInvalid},
		"too many processors":      {virt.VMSpec{Disks: size, VCPUs: 4000}, virt.KindInvalid},
	} {
		t.Run(what, func(t *testing.T) {
			c.spec.Name = "web"
			_, err := h.create(c.spec)
			wantKind(t, err, c.kind)
		})
	}
	h.wantState(before)
}

func TestCreateTakesAWholeDocumentAndKeepsWhatItDoesNotKnow(t *testing.T) {
	h := newHouse(t)
	xml := `<domain type="qemu" xmlns:x="urn:x"><name>old</name><metadata><x:own a="1"/></metadata><memory unit="MiB">64</memory><os><type arch="x86_64">hvm</type></os></domain>`
	d := h.mustCreate(virt.VMSpec{Name: "new", XML: xml, Autostart: true})
	if d.Name != "new" || d.Memory != 64<<20 || !d.Autostart || len(d.Disks) != 0 {
		t.Errorf("the machine is %+v", d)
	}
	if got := h.xml(d.Ref()); got.Metadata == nil || strings.TrimSpace(got.Metadata.XML) != `<x:own a="1"/>` {
		t.Errorf("its metadata is %+v", got.Metadata)
	}
}

func TestCreateStartsWithoutADiskOnTheDefaultNetworkOrItsOwn(t *testing.T) {
	h := newHouse(t)
	d := h.mustCreate(virt.VMSpec{Name: "pxe", NoDisk: true, Memory: 64 << 20, Start: true})
	if d.State != virt.StateRunning || len(d.Disks) != 0 || len(d.NICs) != 1 {
		t.Errorf("the machine is %s with disks %v and cards %v", d.State, d.Disks, d.NICs)
	}
	if d.NICs[0].Type == "network" && d.NICs[0].Source != "default" || d.NICs[0].Type != "network" && d.NICs[0].Type != "user" {
		t.Errorf("its card is %+v", d.NICs[0])
	}
	if len(d.Graphics) != 1 || d.Graphics[0].Port <= 0 && d.Graphics[0].Socket == "" {
		t.Errorf("its screen is served at %+v", d.Graphics)
	}
}

func TestPreviewTellsWhatCreateMakesAndMakesNothing(t *testing.T) {
	h := newHouse(t)
	before := h.state()
	for _, spec := range []virt.VMSpec{
		{Name: "plain"},
		{Name: "many", Disks: []virt.DiskSpec{{Size: 1 << 20}, {Size: 2 << 20}, {Size: 1 << 20, Format: "raw", Bus: "sata"}}, VCPUs: 3, Memory: 100 << 20},
		{Name: "bare", NoDisk: true, Network: "none", NoScreen: true, BootMenu: true, Machine: "pc"},
		{Name: "xml", XML: `<domain type="qemu"><name>x</name><memory>65536</memory><os><type arch="x86_64">hvm</type></os></domain>`},
	} {
		spec.Accel, spec.UUID = "tcg", "5c6d4f4e-6d3c-4c59-9a0c-0d7d4f6f0a01"
		if spec.XML == "" && spec.Network != "none" {
			spec.MAC = "52:54:00:12:34:56"
		}
		planned, err := h.svc.VMs.Preview(h.ctx, h.host, spec)
		if err != nil {
			t.Fatalf("%s: %v", spec.Name, err)
		}
		h.wantState(before)
		network := h.state()
		ref, err := h.svc.VMs.Create(h.ctx, h.host, spec)
		if err != nil {
			t.Fatalf("%s: %v", spec.Name, err)
		}
		made, err := h.svc.VMs.XML(h.ctx, ref, true)
		if err != nil {
			t.Fatal(err)
		}
		if want := h.normal(planned); want != made {
			t.Errorf("%s: the preview is\n%s\nand the machine\n%s", spec.Name, want, made)
		}
		if _, err := h.svc.VMs.Delete(h.ctx, ref, virt.DeleteSpec{}); err != nil {
			t.Fatal(err)
		}
		before = slices.DeleteFunc(network, func(line string) bool { return strings.HasPrefix(line, "network ") })
		for _, line := range h.state() {
			if strings.HasPrefix(line, "network ") {
				before = append(before, line) // the default network stays on
			}
		}
	}
}

// normal is the document as libvirt would store it.
func (h *house) normal(xml string) string {
	h.t.Helper()
	ref, err := h.beside.DefineDomain(xml)
	if err != nil {
		h.t.Fatal(err)
	}
	stored, err := h.beside.DomainXML(ref.ID, true, false)
	if err != nil {
		h.t.Fatal(err)
	}
	return stored
}

func (h *house) xml(vm virt.Ref) libvirtxml.Domain {
	h.t.Helper()
	text, err := h.beside.DomainXML(vm.ID, true, false)
	if err != nil {
		h.t.Fatal(err)
	}
	var d libvirtxml.Domain
	if err := d.Unmarshal(text); err != nil {
		h.t.Fatal(err)
	}
	return d
}

func TestOfTwoCreatesOfOneNameOneWins(t *testing.T) {
	for what, spec := range map[string]virt.VMSpec{
		"with a UUID of its own": {Disks: []virt.DiskSpec{{Size: 1 << 20}}},
		"with the same UUID":     {Disks: []virt.DiskSpec{{Size: 1 << 20}}, UUID: "5c6d4f4e-6d3c-4c59-9a0c-0d7d4f6f0a02"},
		"from the same document": {XML: `<domain type="qemu"><uuid>5c6d4f4e-6d3c-4c59-9a0c-0d7d4f6f0a03</uuid><memory>65536</memory><os><type arch="x86_64">hvm</type></os></domain>`},
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(t)
			const rivals = 4
			spec.Name = "web"
			errs := make([]error, rivals)
			var all sync.WaitGroup
			begin := make(chan struct{})
			for i := range rivals {
				all.Add(1)
				go func() {
					defer all.Done()
					<-begin
					own := spec
					if own.XML == "" {
						own.Accel = "tcg"
					}
					_, errs[i] = h.svc.VMs.Create(h.ctx, h.host, own)
				}()
			}
			close(begin)
			all.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if !errors.Is(err, virt.ErrExists) || virt.HintOf(err) == "" {
					t.Errorf("a loser got %v (%s, hint %q), want %s", err, virt.KindOf(err), virt.HintOf(err), virt.KindExists)
				}
			}
			if won != 1 {
				t.Fatalf("%d of %d won: %v", won, rivals, errs)
			}
			vms, err := h.svc.VMs.List(h.ctx, h.host)
			if err != nil || len(vms) != 1 {
				t.Fatalf("there are %d machines, %v", len(vms), err)
			}
			want := 1
			if spec.XML != "" {
				want = 0
			}
			if volumes, err := h.beside.Volumes("default"); err != nil || len(volumes) != want {
				t.Errorf("there are volumes %v, %v; want %d", volumes, err, want)
			}
		})
	}
}

func TestCreateMakesTheDefaultPoolWhereNoneIs(t *testing.T) {
	h := newHouse(t)
	h.dropDefaultPool()
	d := h.mustCreate(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20}}})
	if d.Disks[0].Path != "/var/lib/libvirt/images/web.qcow2" {
		t.Errorf("its disk is %+v", d.Disks[0])
	}
	if _, err := h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{}); err != nil {
		t.Error(err)
	}
	h.dropDefaultPool()
}

func (h *house) dropDefaultPool() {
	h.t.Helper()
	p, err := h.beside.PoolByName("default")
	if err == nil {
		err = errors.Join(h.beside.StopPool(p.ID), h.beside.UndefinePool(p.ID))
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestCreateOfATinyMachineBoots(t *testing.T) {
	h := newHouse(t)
	before := h.state()
	d := h.mustCreate(virt.VMSpec{Name: "tiny", Try: true, Start: true})
	port, err := h.svc.VMs.Serial(h.ctx, d.Ref(), 0, false)
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	stop := context.AfterFunc(h.ctx, func() { _ = port.Close() })
	defer stop()
	var said bytes.Buffer
	buf := make([]byte, 4096)
	for !bytes.Contains(said.Bytes(), []byte("TINY READY")) {
		n, err := port.Read(buf)
		said.Write(buf[:n])
		if err != nil {
			t.Fatalf("the serial port said %q and then %v", said.String(), err)
		}
	}
	if err := h.svc.VMs.Shutdown(h.ctx, d.Ref()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.svc.VMs.WaitFor(h.ctx, d.Ref(), func(v virt.VM) bool { return v.State == virt.StateShutoff }); err != nil {
		t.Fatal(err)
	}
	removal, err := h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{})
	if err != nil || len(removal.Kept) != 0 || len(removal.Removed) != 3 {
		t.Errorf("removed %v, kept %v, %v", removal.Removed, removal.Kept, err)
	}
	networks := regexp.MustCompile(`^network `)
	h.wantState(append(slices.DeleteFunc(before, networks.MatchString), slices.DeleteFunc(h.state(), func(l string) bool { return !networks.MatchString(l) })...))
}
