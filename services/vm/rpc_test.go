package vm_test

import (
	"fmt"
	"testing"
	"time"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

const (
	manyVMs     = 50
	procGetXML  = 14 // REMOTE_PROC_DOMAIN_GET_XML_DESC of remote_protocol.x
	soon        = 200 * time.Millisecond
	transientVM = `<domain type="qemu"><name>%s</name><memory>32768</memory><os><type arch="x86_64">hvm</type></os></domain>`
)

// throughProxy opens the services over a proxy that counts their calls.
func (h *house) throughProxy() *virttest.Proxy {
	h.t.Helper()
	p := virttest.RPCProxy(h.t, h.daemon.Socket)
	h.svc, _ = virttest.OpenURI(h.t, p.URI)
	h.host = virttest.Host(h.t, h.svc, h.ctx)
	return p
}

func TestTheInventoryTakesThreeCallsAndLearnsEachXMLOnce(t *testing.T) {
	h := newHouse(t)
	const active = 2
	for i := range manyVMs {
		d := libvirtxml.Domain{
			Type: "qemu", Name: fmt.Sprintf("vm-%02d", i), Title: fmt.Sprintf("Number %d", i),
			Memory: &libvirtxml.DomainMemory{Value: 32, Unit: "MiB"}, OS: &libvirtxml.DomainOS{Type: &libvirtxml.DomainOSType{Arch: "x86_64", Type: "hvm"}},
		}
		xml, err := d.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		ref, err := h.beside.DefineDomain(xml)
		if err == nil && i < active {
			err = h.beside.StartDomain(ref.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	proxy := h.throughProxy()
	xmlRead := virttest.Call{Program: virttest.ProgramRemote, Procedure: procGetXML}

	proxy.Reset()
	vms, complete, err := h.svc.VMs.Quick(h.ctx, h.host)
	if err != nil || len(vms) != manyVMs || complete {
		t.Fatalf("the first look found %d, complete=%v, %v", len(vms), complete, err)
	}
	if n := proxy.Count(); n > 3+active {
		t.Errorf("the first look took %d calls: %v", n, proxy.Calls())
	}

	proxy.Reset()
	brief, err := h.svc.VMs.Brief(h.ctx, h.host)
	if err != nil || len(brief) != manyVMs || brief[0].VCPUs != 1 || brief[0].Memory != 32<<20 || brief[manyVMs-1].Memory != 32<<20 {
		t.Fatalf("the sizes are %+v ... %+v, %v", brief[0], brief[len(brief)-1], err)
	}
	if n := proxy.Count(); n > 4+active || proxy.Calls()[xmlRead] != 0 {
		t.Errorf("the sizes took %d calls: %v", n, proxy.Calls())
	}

	proxy.Reset()
	if err := h.svc.VMs.Learn(h.ctx, h.host); err != nil {
		t.Fatal(err)
	}
	if n := proxy.Calls()[xmlRead]; n != manyVMs {
		t.Errorf("learning read %d documents of %d VMs: %v", n, manyVMs, proxy.Calls())
	}

	proxy.Reset()
	vms, complete, err = h.svc.VMs.Quick(h.ctx, h.host)
	if err != nil || !complete || vms[7].Title != "Number 7" {
		t.Fatalf("the second look found %+v, complete=%v, %v", vms[7], complete, err)
	}
	if n := proxy.Count(); n > 3+active || proxy.Calls()[xmlRead] != 0 {
		t.Errorf("the second look took %d calls: %v", n, proxy.Calls())
	}

	news, stop := h.svc.Watch()
	defer stop()
	seven := vms[7].Ref()
	if err := h.beside.StartDomain(seven.ID); err != nil {
		t.Fatal(err)
	}
	h.heard(news, seven, virt.VMChanged)
	proxy.Reset()
	if _, err := h.svc.VMs.List(h.ctx, h.host); err != nil {
		t.Fatal(err)
	}
	if n := proxy.Calls()[xmlRead]; n != 1 {
		t.Errorf("the news of one VM made %d documents be read again: %v", n, proxy.Calls())
	}
}

// heard waits for the news of a VM and returns when it was told.
func (h *house) heard(news <-chan virt.Event, vm virt.Ref, kind virt.EventKind) time.Time {
	h.t.Helper()
	for {
		select {
		case ev := <-news:
			if ev.Kind == kind && (ev.Ref.ID == vm.ID || ev.Ref.Name == vm.Name) {
				return time.Now()
			}
		case <-h.ctx.Done():
			h.t.Fatalf("no news that %s is %s", vm, kind)
		}
	}
}

func TestWhatOthersDoIsToldAtOnce(t *testing.T) {
	h := newHouse(t)
	news, stop := h.svc.Watch()
	defer stop()
	vm := virt.Ref{Kind: virt.KindVM, Name: "web"}
	for _, step := range []struct {
		what string
		do   func() error
		kind virt.EventKind
	}{
		{"define", func() error {
			made, err := h.beside.DefineDomain(fmt.Sprintf(transientVM, "web"))
			vm.ID = made.ID
			return err
		}, virt.VMDefined},
		{"start", func() error { return h.beside.StartDomain(vm.ID) }, virt.VMChanged},
		{"pause", func() error { return h.beside.SuspendDomain(vm.ID) }, virt.VMChanged},
		{"off", func() error { return h.beside.DestroyDomain(vm.ID) }, virt.VMChanged},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		done := time.Now()
		late := h.heard(news, vm, step.kind).Sub(done)
		t.Logf("the news of %s came %v after its answer", step.what, late.Round(time.Millisecond))
		if late > 10*soon { // a busy machine is given more time
			t.Errorf("that is later than %v", soon)
		}
	}
	row, err := h.svc.VMs.One(h.ctx, virt.Ref{Host: h.host, Kind: virt.KindVM, ID: vm.ID})
	if err != nil || row.State != virt.StateShutoff {
		t.Errorf("the VM is %s, %v", row.State, err)
	}
}

func TestAStartedMachineShowsItsScreenAtOnce(t *testing.T) {
	h := newHouse(t)
	d := h.mustCreate(virt.VMSpec{Name: "web", NoDisk: true, Memory: 32 << 20, Network: "none"})
	for range 3 {
		if err := h.svc.VMs.Start(h.ctx, d.Ref()); err != nil {
			t.Fatal(err)
		}
		at, err := h.svc.VMs.Address(h.ctx, d.Ref())
		if err != nil || at.Port <= 0 && at.Socket == "" {
			t.Errorf("its screen is at %+v, %v", at, err)
		}
		screen, err := h.svc.VMs.Screen(h.ctx, d.Ref())
		if err != nil {
			t.Fatal(err)
		}
		greeting := make([]byte, 4)
		if _, err := screen.Read(greeting); err != nil || string(greeting) != "RFB " {
			t.Errorf("the screen says %q, %v", greeting, err)
		}
		if err := screen.Close(); err != nil {
			t.Error(err)
		}
		picture, err := h.svc.VMs.Screenshot(h.ctx, d.Ref())
		if err != nil || len(picture) < 8 || string(picture[1:4]) != "PNG" {
			t.Errorf("the screenshot has %d bytes, %v", len(picture), err)
		}
		if err := h.svc.VMs.Off(h.ctx, d.Ref()); err != nil {
			t.Fatal(err)
		}
	}
}
