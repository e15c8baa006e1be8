package vm_test

import (
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// What the options offer must be what Create takes.
func TestOptionsOfferWhatCreateTakes(t *testing.T) {
	svc, ctx := virttest.OpenURI(t, virttest.SharedLibvirtd(t).URI)
	host := virttest.Host(t, svc, ctx)
	o, err := svc.VMs.Options(ctx, host)
	if err != nil {
		t.Fatal(err)
	}
	if !o.Local || o.MaxVCPUs == 0 || !slices.Contains(o.Machines, o.Machine) || !slices.Contains(o.Firmwares, "bios") {
		t.Errorf("the options are %+v", o)
	}
	for _, firmware := range o.Firmwares {
		if _, err := svc.VMs.Preview(ctx, host, virt.VMSpec{Name: "new", Firmware: firmware, Accel: "tcg"}); err != nil {
			t.Errorf("firmware %s: %v", firmware, err)
		}
	}
	if _, err := svc.VMs.Preview(ctx, host, virt.VMSpec{Name: "new", TPM: "yes", Accel: "tcg"}); (err == nil) != o.TPM {
		t.Errorf("a TPM is offered: %v, but is refused with %v", o.TPM, err)
	}
}
