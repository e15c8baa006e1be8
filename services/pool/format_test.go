package pool_test

import (
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/pool"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestAVolumesFormatIsOneThatItsPoolKeeps(t *testing.T) {
	real, err := hypervisor.Open(virttest.SharedLibvirtd(t).URI, hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = real.Close() })
	for _, c := range []struct {
		kind, wanted, want, hint string
	}{
		{"dir", "", "qcow2", ""},
		{"dir", "raw", "raw", ""},
		{"dir", "vdx", "", "qcow2"},
		{"disk", "", "none", ""}, // partitions
		{"disk", "qcow2", "", "linux"},
		{"logical", "", "", ""},
		{"logical", "qcow2", "", "plain data"},
	} {
		got, err := pool.FormatIn(real, virt.Pool{Name: "p", Type: c.kind}, c.wanted)
		if got != c.want || (err == nil) != (c.hint == "") || !strings.Contains(virt.HintOf(err), c.hint) {
			t.Errorf("%q in a pool of the type %s is %q, %v (%s); want %q, %q", c.wanted, c.kind, got, err, virt.HintOf(err), c.want, c.hint)
		}
	}
}
