package services_test

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestNewMachinesTakeTheSizesOfTheSettings(t *testing.T) {
	s, ctx := virttest.Open(t, "empty.xml")
	for name, text := range map[string]string{setting.NameNewMemory: "3 GiB", setting.NameNewVCPUs: "3", setting.NameNewDisk: "7GiB"} {
		if err := s.Settings.Set(ctx, name, text); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		spec         virt.VMSpec
		memory, disk uint64
		vcpus        uint
	}{
		{virt.VMSpec{}, 3 << 30, 7 << 30, 3},
		{virt.VMSpec{Memory: 1 << 30, VCPUs: 5}, 1 << 30, 7 << 30, 5},
		{virt.VMSpec{OS: "win11"}, 8 << 30, 128 << 30, 2},
	} {
		got, err := s.VMs.Suggest(ctx, c.spec)
		if err != nil || got.Memory != c.memory || got.VCPUs != c.vcpus || got.Disks[0].Size != c.disk {
			t.Errorf("%+v becomes %d bytes, %d processors and disks %+v (%v)", c.spec, got.Memory, got.VCPUs, got.Disks, err)
		}
	}
	for name, text := range map[string]string{setting.NameNewMemory: "3", setting.NameNewVCPUs: "0", setting.NameNewDisk: "big"} {
		if err := s.Settings.Set(ctx, name, text); virt.KindOf(err) != virt.KindInvalid {
			t.Errorf("%s %s: %v", name, text, err)
		}
	}
}
