package metric

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestTheTrailEndsWithTheNewestLoad(t *testing.T) {
	trail := trailOf([]virt.Rates{{CPUPercent: 10.4}, {CPUPercent: 99.6}})
	last := len(trail) - 1
	if trail[last] != 100 || trail[last-1] != 10 || trail[last-2] != virt.NoLoad || trail[0] != virt.NoLoad {
		t.Errorf("the trail is %v", trail)
	}
	long := make([]virt.Rates, 2*len(trail))
	for i := range long {
		long[i].CPUPercent = float64(i)
	}
	if trail = trailOf(long); trail[0] != uint8(len(trail)) || trail[last] != uint8(len(long)-1) {
		t.Errorf("the trail of many figures is %v", trail)
	}
}
