package vm_test

import (
	"errors"
	"io"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
)

func TestEveryPortIsOpenedOrItIsSaidWhyNot(t *testing.T) {
	h := newHouse(t)
	ref, err := h.beside.DefineDomain(`<domain type='qemu'><name>ports</name><memory unit='MiB'>64</memory><os><type arch='x86_64'>hvm</type></os><devices>
		<serial type='pty'><target port='0'/></serial>
		<serial type='file'><source path='` + t.TempDir() + `/ports.log'/><target port='1'/></serial>
		<serial type='pty'><target port='2'/><alias name='ua-third'/></serial>
		<console type='pty'><target type='serial' port='0'/></console>
		<console type='pty'><target type='virtio' port='1'/></console>
	</devices></domain>`)
	if err != nil {
		t.Fatal(err)
	}
	ref.Host = h.host
	defer func() {
		if _, err := h.svc.VMs.Delete(h.ctx, ref, virt.DeleteSpec{}); err != nil {
			t.Error(err)
		}
	}()
	if _, err := h.svc.VMs.Serial(h.ctx, ref, 0, false); !errors.Is(err, virt.ErrState) || errors.Is(err, vm.ErrPortInUse) {
		t.Errorf("of a VM that is off: %v", err)
	}
	if err := h.svc.VMs.Start(h.ctx, ref); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.svc.VMs.Off(h.ctx, ref); err != nil {
			t.Error(err)
		}
	}()
	found, err := h.svc.VMs.Consoles(h.ctx, ref)
	if err != nil || found.Screen || len(found.Ports) != 4 {
		t.Fatalf("its consoles are %+v, %v", found, err)
	}
	for i, want := range []vm.Port{
		{Device: "serial0", Serial: true, Number: 0}, {Device: "serial1", Serial: true, Number: 1},
		{Device: "ua-third", Serial: true, Number: 2}, {Device: "console1", Number: 0},
	} {
		if found.Ports[i] != want {
			t.Errorf("port %d is %+v, want %+v", i, found.Ports[i], want)
		}
		stream, err := h.svc.VMs.OpenPort(h.ctx, ref, want.Device, false)
		if want.Device == "serial1" {
			if !errors.Is(err, virt.ErrUnsupported) || virt.HintOf(err) == "" {
				t.Errorf("a file is opened: %v, %q", err, virt.HintOf(err))
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", want.Device, err)
			continue
		}
		if _, err := h.svc.VMs.OpenPort(h.ctx, ref, want.Device, false); !errors.Is(err, vm.ErrPortInUse) || !errors.Is(err, virt.ErrState) {
			t.Errorf("%s is opened twice: %v", want.Device, err)
		}
		closed(t, stream)
	}
	if _, err := h.svc.VMs.Serial(h.ctx, ref, 9, false); !errors.Is(err, virt.ErrNotFound) || virt.HintOf(err) == "" {
		t.Errorf("a port that is not there: %v", err)
	}
}

func closed(t *testing.T, c io.Closer) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
