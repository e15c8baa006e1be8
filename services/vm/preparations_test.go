package vm_test

import (
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func (h *house) preparations(spec virt.VMSpec) []virt.Preparation {
	h.t.Helper()
	all, err := h.svc.VMs.Preparations(h.ctx, h.host, spec)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func TestWhatACreateMakesOrStartsOnItsHostIsToldBefore(t *testing.T) {
	h := newHouse(t)
	pool, err := h.beside.PoolByName("default")
	if err != nil {
		t.Fatal(err)
	}
	small := virt.VMSpec{Name: "web", Network: "none", Disks: []virt.DiskSpec{{Size: 1 << 20}}}
	if all := h.preparations(small); len(all) != 0 {
		t.Errorf("with a running pool: %+v", all)
	}
	if err := h.beside.StopPool(pool.ID); err != nil {
		t.Fatal(err)
	}
	want := []virt.Preparation{{Kind: virt.PoolToStart, Name: "default", Path: h.images}}
	if all := h.preparations(small); !slices.Equal(all, want) {
		t.Errorf("with a stopped pool: %+v, want %+v", all, want)
	}
	if all := h.preparations(virt.VMSpec{Name: "web", Network: "none", NoDisk: true}); len(all) != 0 {
		t.Errorf("without a disk: %+v", all)
	}
	if d := h.mustCreate(virt.VMSpec{Name: "named", Network: "none", Disks: []virt.DiskSpec{{Size: 1 << 20, Pool: "default"}}}); d.Disks[0].Path != h.images+"/named.qcow2" {
		t.Errorf("the stopped pool was named: %+v", d.Disks)
	}
	if err := h.beside.StopPool(pool.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.beside.UndefinePool(pool.ID); err != nil {
		t.Fatal(err)
	}
	want = []virt.Preparation{{Kind: virt.PoolToMake, Name: "default", Path: "/var/lib/libvirt/images"}}
	if all := h.preparations(small); !slices.Equal(all, want) {
		t.Errorf("without a pool: %+v, want %+v", all, want)
	}
	h.pool("other", h.directory("other"))
	if all := h.preparations(small); len(all) != 0 {
		t.Errorf("with another pool of files: %+v", all)
	}
}

func TestAStoppedDefaultNetworkIsToldBefore(t *testing.T) {
	h := newHouse(t)
	networks, err := h.beside.Networks()
	if err != nil || len(networks) == 0 {
		t.Skip("libvirt's default network is not installed")
	}
	if networks[0].Active {
		if err := h.beside.StopNetwork(networks[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	want := []virt.Preparation{{Kind: virt.NetworkToStart, Name: "default"}}
	for _, network := range []string{"", "default"} {
		if all := h.preparations(virt.VMSpec{Name: "web", NoDisk: true, Network: network, Start: true}); !slices.Equal(all, want) {
			t.Errorf("network %q: %+v, want %+v", network, all, want)
		}
	}
	if all := h.preparations(virt.VMSpec{Name: "web", NoDisk: true, Network: "default"}); len(all) != 0 {
		t.Errorf("named for a machine that is not started: %+v", all)
	}
	if all := h.preparations(virt.VMSpec{Name: "web", NoDisk: true, Network: "none"}); len(all) != 0 {
		t.Errorf("without a card: %+v", all)
	}
	if now, err := h.beside.Networks(); err != nil || now[0].Active {
		t.Errorf("it was started by asking: %v, %v", now, err)
	}
}

func TestAMachineIsNotMadeInAPoolThatIsStopped(t *testing.T) {
	h := newHouse(t)
	p := h.pool("resting", h.directory("resting"))
	if err := h.beside.StopPool(p.ID); err != nil {
		t.Fatal(err)
	}
	before := h.state()
	spec := virt.VMSpec{Name: "web", Network: "none", Disks: []virt.DiskSpec{{Size: 1 << 20, Pool: "resting"}}}
	_, err := h.create(spec)
	wantKind(t, err, virt.KindState)
	h.wantState(before)
	problems, err := h.svc.VMs.Check(h.ctx, h.host, spec)
	if err != nil || len(problems) != 1 || problems[0].Field != virt.FieldPool {
		t.Errorf("the check says %v, %v", problems, err)
	}
}
