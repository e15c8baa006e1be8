package create

import (
	"reflect"
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestTheSpecOfADraftLeavesOpenWhatNobodyChose(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(*draft)
		want   virt.VMSpec
	}{
		{"an empty machine", func(d *draft) { d.choose(sourceEmpty) }, virt.VMSpec{Name: "new", Start: true}},
		{"the tiny machine", func(d *draft) { d.choose(sourceTry); d.os = "win11" }, virt.VMSpec{Name: "new", Start: true, Try: true}},
		{"an ISO", func(d *draft) { d.iso, d.os = "/a.iso", "debian12" }, virt.VMSpec{Name: "new", Start: true, ISO: "/a.iso", OS: "debian12"}},
		{"a network boot", func(d *draft) { d.choose(sourceNetwork); d.network = "lab" }, virt.VMSpec{Name: "new", Start: true, PXE: true, Network: "lab"}},
		{"a kernel", func(d *draft) { d.choose(sourceKernel); d.kernel, d.cmdline = "p/k", "quiet" },
			virt.VMSpec{Name: "new", Start: true, Kernel: "p/k", Cmdline: "quiet", NoDisk: true}},
		{"a copied image", func(d *draft) { d.choose(sourceImage); d.image, d.pool = "/a.vmdk", "fast" },
			virt.VMSpec{Name: "new", Start: true, Disks: []virt.DiskSpec{{Import: "/a.vmdk", Pool: "fast"}}}},
		{"an image in place", func(d *draft) { d.choose(sourceImage); d.image, d.copyImage = "/a.QCOW2", false },
			virt.VMSpec{Name: "new", Start: true, Disks: []virt.DiskSpec{{Path: "/a.QCOW2", Format: "qcow2"}}}},
		{"a volume in place", func(d *draft) { d.choose(sourceImage); d.image, d.copyImage = "p/v", false },
			virt.VMSpec{Name: "new", Start: true, Disks: []virt.DiskSpec{{Volume: "p/v"}}}},
		{"sizes", func(d *draft) { d.choose(sourceEmpty); d.memory, d.vcpus, d.size = "1.5 GiB", "3", "7 GiB" },
			virt.VMSpec{Name: "new", Start: true, Memory: 3 << 29, VCPUs: 3, Disks: []virt.DiskSpec{{Size: 7 << 30}}}},
	} {
		d := newDraft("host")
		d.name = "new"
		c.change(&d)
		got, problems := d.spec()
		if len(problems) > 0 || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, %v\nwant %+v", c.what, got, problems, c.want)
		}
	}
}

func TestADraftSaysWhatCannotBeRead(t *testing.T) {
	for _, c := range []struct {
		change func(*draft)
		want   []virt.Field
	}{
		{func(*draft) {}, []virt.Field{virt.FieldISO}},
		{func(d *draft) { d.choose(sourceEmpty); d.name = "" }, []virt.Field{virt.FieldName}},
		{func(d *draft) { d.choose(sourceEmpty); d.memory, d.vcpus, d.size = "2", "many", "0GiB" },
			[]virt.Field{virt.FieldMemory, virt.FieldVCPUs, virt.FieldSize}},
		{func(d *draft) { d.choose(sourceKernel) }, []virt.Field{virt.FieldKernel}},
		{func(d *draft) { d.choose(sourceEmpty); d.disk = existingDisk }, []virt.Field{virt.FieldDisk}},
		{func(d *draft) { d.choose(sourceImage) }, []virt.Field{virt.FieldDisk}},
	} {
		d := newDraft("host")
		d.name = "new"
		c.change(&d)
		_, problems := d.spec()
		var got []virt.Field
		for _, p := range problems {
			got = append(got, p.Field)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: wrong are %v, want %v", d, got, c.want)
		}
	}
}

func TestASizeIsReadBackAsItIsWritten(t *testing.T) {
	for _, bytes := range []uint64{1, 1023, 1 << 10, 1536 << 20, 20 << 30, 1 << 40, 1<<30 + 1} {
		if back, err := virt.ParseSize(sizeText(bytes)); err != nil || back != bytes {
			t.Errorf("%d is written as %q and read as %d, %v", bytes, sizeText(bytes), back, err)
		}
	}
}
