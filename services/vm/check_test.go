package vm_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestCheckSaysWhatIsWrongFieldByField(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	taken := virttest.Only(t, svc, ctx)
	for _, c := range []struct {
		spec virt.VMSpec
		want []virt.Field
	}{
		{virt.VMSpec{Name: "new"}, nil},
		{virt.VMSpec{Name: taken.Name}, []virt.Field{virt.FieldName}},
		{virt.VMSpec{Name: "a/b", Memory: 5, MAC: "nonsense"}, []virt.Field{virt.FieldName, virt.FieldMemory, virt.FieldMAC}},
		{virt.VMSpec{Name: "new", VCPUs: 1 << 30, Accel: "magic"}, []virt.Field{virt.FieldVCPUs, virt.FieldAccel}},
		{virt.VMSpec{Name: "new", Kernel: "/nowhere", Initrd: "/nowhere"}, []virt.Field{virt.FieldInitrd, virt.FieldKernel}},
		{virt.VMSpec{Name: "new", ISO: "/nowhere.iso", OS: "plan10"}, []virt.Field{virt.FieldISO, virt.FieldOS}},
		{virt.VMSpec{Name: "new", Disks: []virt.DiskSpec{{Path: "relative"}}}, []virt.Field{virt.FieldDisk}},
		{virt.VMSpec{Name: "new", Disks: []virt.DiskSpec{{Size: 1 << 30, Pool: "nowhere"}}}, []virt.Field{virt.FieldPool}},
		{virt.VMSpec{Name: "new", Network: "nowhere"}, []virt.Field{virt.FieldNetwork}},
	} {
		problems, err := svc.VMs.Check(ctx, taken.Host, c.spec)
		if err != nil {
			t.Fatal(err)
		}
		var got []virt.Field
		for _, p := range problems {
			got = append(got, p.Field)
			if p.Err == nil || virt.KindOf(p.Err) == virt.KindInternal {
				t.Errorf("%+v: %s says %v", c.spec, p.Field, p.Err)
			}
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: wrong are %v (%v), want %v", c.spec, got, problems, c.want)
		}
	}
}

func TestCheckOfAHostThatIsNotThereIsAnError(t *testing.T) {
	svc, ctx := virttest.Open(t, "empty.xml")
	if _, err := svc.VMs.Check(ctx, "nobody", virt.VMSpec{Name: "new"}); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("got %v, want %v", err, virt.ErrNotFound)
	}
}
