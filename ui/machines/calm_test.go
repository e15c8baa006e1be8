package machines

import (
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestAListStandsStillWhileItsFiguresMoveALittle(t *testing.T) {
	var c calm
	begin := time.Now()
	reading := func(after time.Duration, cpu float64, used uint64) virt.Rates {
		shown := c.take(map[string]virt.Rates{"a": {CPUPercent: cpu, MemUsed: used, MemMax: 1000, DiskRead: cpu}}, begin.Add(after))
		return shown["a"]
	}
	for _, step := range []struct {
		after    time.Duration
		cpu      float64
		used     uint64
		wantCPU  float64
		wantUsed uint64
	}{
		{0, 1, 500, 1, 500},
		{3 * time.Second, 2.9, 519, 1, 500},
		{6 * time.Second, 0, 481, 1, 500}, // what is shown counts, not the reading before
		{9 * time.Second, 3, 520, 3, 520},
		{12 * time.Second, 80, 100, 80, 100},
		{27 * time.Second, 79, 101, 80, 100},
		{30 * time.Second, 79, 101, 79, 101}, // exact again
		{33 * time.Second, 78, 102, 79, 101},
	} {
		got := reading(step.after, step.cpu, step.used)
		if got.CPUPercent != step.wantCPU || got.MemUsed != step.wantUsed || got.DiskRead != step.cpu {
			t.Errorf("after %v, %v %% and %d are shown as %+v", step.after, step.cpu, step.used, got)
		}
	}
	if shown := c.take(map[string]virt.Rates{"b": {CPUPercent: 0.5}}, begin.Add(36*time.Second)); len(shown) != 1 || shown["b"].CPUPercent != 0.5 {
		t.Errorf("another machine is shown as %+v", shown)
	}
}
