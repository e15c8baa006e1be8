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
		{virt.VMSpec{Name: "new", Disks: []virt.DiskSpec{{Size: 1 << 61}}}, []virt.Field{virt.FieldSize}},
		{virt.VMSpec{Name: "new", Disks: []virt.DiskSpec{{Path: "/usr", Format: "raw"}}}, []virt.Field{virt.FieldDisk}},
		{virt.VMSpec{Name: "new", ISO: "/usr"}, []virt.Field{virt.FieldISO}},
		{virt.VMSpec{Name: "new\tline", Kernel: "/proc/cmdline", Cmdline: "quiet\x1b[31m"}, []virt.Field{virt.FieldName, virt.FieldCmdline}},
		{virt.VMSpec{Name: "new", MAC: "53:54:00:00:00:01"}, []virt.Field{virt.FieldMAC}},
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

// More than the host has is wrong only for a machine that shall start there.
func TestCheckKnowsTheMemoryProcessorsAndRoomOfTheHost(t *testing.T) {
	h := newHouse(t)
	if smallDisk != "" {
		h.pool("tiny", smallDisk)
	}
	large := h.file("large.img", nil)
	mustRun(t, "fallocate", "-l", "16M", large)
	holes := h.file("holes.img", nil)
	mustRun(t, "truncate", "-s", "16M", holes)
	for what, c := range map[string]struct {
		spec virt.VMSpec
		want []virt.Field
	}{
		"more memory than the host":        {virt.VMSpec{Memory: 1 << 50, Start: true}, []virt.Field{virt.FieldMemory}},
		"the same, not started":            {virt.VMSpec{Memory: 1 << 50}, nil},
		"more processors than a machine":   {virt.VMSpec{VCPUs: 4000}, []virt.Field{virt.FieldVCPUs}},
		"a copy that does not fit":         {virt.VMSpec{Disks: []virt.DiskSpec{{Import: large, Pool: "tiny"}}}, []virt.Field{virt.FieldPool}},
		"a copy that fits without holes":   {virt.VMSpec{Disks: []virt.DiskSpec{{Import: holes, Pool: "tiny"}}}, nil},
		"a new disk that grows on demand":  {virt.VMSpec{Disks: []virt.DiskSpec{{Size: 1 << 30, Pool: "tiny"}}}, nil},
		"a file of a format nobody can be": {virt.VMSpec{Disks: []virt.DiskSpec{{Path: large}}}, []virt.Field{virt.FieldDisk}},
	} {
		t.Run(what, func(t *testing.T) {
			if smallDisk == "" && len(c.spec.Disks) > 0 {
				t.Skip("no file system can be mounted here")
			}
			c.spec.Name, c.spec.Network = "new", "none"
			problems, err := h.svc.VMs.Check(h.ctx, h.host, c.spec)
			if err != nil {
				t.Fatal(err)
			}
			var got []virt.Field
			for _, p := range problems {
				got = append(got, p.Field)
				if virt.HintOf(p.Err) == "" {
					t.Errorf("%v has no hint", p.Err)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("wrong are %v (%v), want %v", got, problems, c.want)
			}
		})
	}
}

func TestCheckSaysWhichFileTheHypervisorMayNotReadUntilARemedyIsChosen(t *testing.T) {
	h := newHouse(t)
	secret := h.locked(h.file("secret.img", make([]byte, 1<<20)))
	for field, spec := range map[virt.Field]virt.VMSpec{
		virt.FieldISO:    {ISO: secret},
		virt.FieldKernel: {Kernel: secret},
		virt.FieldDisk:   {Disks: []virt.DiskSpec{{Path: secret, Format: "raw"}}},
	} {
		for how, wrong := range map[string]int{"": 1, virt.UnreadableRefuse: 1, virt.UnreadableCopy: 0, virt.UnreadableGrant: 0, virt.UnreadableIgnore: 0} {
			spec.Name, spec.Network, spec.Unreadable = "new", "none", how
			problems, err := h.svc.VMs.Check(h.ctx, h.host, spec)
			if err != nil || len(problems) != wrong || wrong == 1 && (problems[0].Field != field || virt.KindOf(problems[0].Err) != virt.KindForbidden) {
				t.Errorf("%s with %q: %v, %v", field, how, problems, err)
			}
		}
	}
}
