package vm_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// edited is the spec with Preview's document, changed.
func (h *house) edited(spec virt.VMSpec, old, changed string) virt.VMSpec {
	h.t.Helper()
	text, err := h.svc.VMs.Preview(h.ctx, h.host, spec)
	if err != nil {
		h.t.Fatal(err)
	}
	if !strings.Contains(text, old) {
		h.t.Fatalf("%q is not in %s", old, text)
	}
	spec.Edited = strings.Replace(text, old, changed, 1)
	return spec
}

func TestAnEditedDocumentIsWhatIsDefinedAndItsDisksAreMade(t *testing.T) {
	h := newHouse(t)
	spec := virt.VMSpec{Name: "web", Accel: "tcg", Disks: []virt.DiskSpec{{Size: 1 << 20}}, Network: "none"}
	spec = h.edited(spec, "<on_crash>destroy</on_crash>", "<on_crash>preserve</on_crash>")
	spec.Edited = strings.Replace(spec.Edited, "<name>web</name>", `<name>web</name><description>kept as it is</description>`, 1)
	problems, err := h.svc.VMs.Check(h.ctx, h.host, spec)
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	spec.Start = true
	d := h.mustCreate(spec)
	xml := h.xml(d.Ref())
	if xml.OnCrash != "preserve" || xml.Description != "kept as it is" || d.State != virt.StateRunning {
		t.Errorf("made %s, %+v", d.State, xml)
	}
	if d.Disks[0].Path != filepath.Join(h.images, "web.qcow2") || d.Disks[0].Capacity != 1<<20 {
		t.Errorf("its disk is %+v", d.Disks)
	}
}

func TestAnEditedDocumentThatCannotBeIsRefusedBeforeAnythingIsMade(t *testing.T) {
	h := newHouse(t)
	before := h.state()
	for what, c := range map[string]struct {
		old, changed string
		kind         virt.ErrorKind
		late         bool // only libvirt's schema knows
	}{
		"a tag that is not closed":           {"</devices>", "", virt.KindInvalid, false},
		"another root":                       {`<domain type="qemu">`, `<network type="qemu">`, virt.KindInvalid, false},
		"another name":                       {"<name>web<", "<name>other<", virt.KindInvalid, false},
		"no UUID":                            {"<uuid>", "<uuid></uuid><old>", virt.KindInvalid, false},
		"a disk that is not the one made":    {"web.qcow2", "elsewhere.qcow2", virt.KindInvalid, false},
		"a further disk that is not there":   {"<devices>", `<devices><disk type="file" device="disk"><source file="/no/such"/><target dev="vdz" bus="virtio"/></disk>`, virt.KindNotFound, false},
		"a further volume that is not there": {"<devices>", `<devices><disk type="volume" device="disk"><source pool="default" volume="no"/><target dev="vdz" bus="virtio"/></disk>`, virt.KindNotFound, false},
		"a bus that nobody has":              {`dev="vda" bus="virtio"`, `dev="vda" bus="carrier-pigeon"`, virt.KindInvalid, false},
		"an element that libvirt misses":     {"<devices>", "<devices><teapot/>", virt.KindInvalid, true},
	} {
		t.Run(what, func(t *testing.T) {
			spec := virt.VMSpec{Name: "web", Accel: "tcg", Disks: []virt.DiskSpec{{Size: 1 << 20}}, Network: "none"}
			spec = h.edited(spec, c.old, c.changed)
			problems, err := h.svc.VMs.Check(h.ctx, h.host, spec)
			if err != nil {
				t.Fatal(err)
			}
			if !c.late && (len(problems) != 1 || problems[0].Field != virt.FieldXML || virt.KindOf(problems[0].Err) != c.kind) {
				t.Errorf("the check says %v", problems)
			}
			_, err = h.create(spec)
			if virt.KindOf(err) != c.kind {
				t.Errorf("got %v (%s), want %s", err, virt.KindOf(err), c.kind)
			}
			h.wantState(before)
		})
	}
}

func TestAnEditedDocumentIsRefusedWhenItsFilesNameIsTakenMeanwhile(t *testing.T) {
	h := newHouse(t)
	spec := h.edited(virt.VMSpec{Name: "web", Accel: "tcg", Disks: []virt.DiskSpec{{Size: 1 << 20}}, Network: "none"}, "<devices>", "<devices>")
	if _, err := h.beside.CreateVolume("default", `<volume><name>web.qcow2</name><capacity unit="bytes">1048576</capacity></volume>`); err != nil {
		t.Fatal(err)
	}
	before := h.state()
	_, err := h.create(spec)
	if virt.KindOf(err) != virt.KindInvalid {
		t.Errorf("got %v (%s)", err, virt.KindOf(err))
	}
	h.wantState(before)
}
