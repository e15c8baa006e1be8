package machines

import (
	"math"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A list stands still while its figures move by less than these.
const (
	calmLoad   = 2.0              // points of the processor
	calmMemory = 0.02             // of the machine's memory
	calmFor    = 30 * time.Second // then every figure is exact again, all at once
)

// calm is what a list shows of its machines' figures: those of an idle machine
// flicker by a point with every reading, and each one that is shown anew has the
// whole window painted again. The pages of a machine show every reading.
type calm struct {
	shown map[string]virt.Rates // by UUID
	exact time.Time             // when the figures were exact last
}

// take returns what is to be shown of a new reading.
func (c *calm) take(rates map[string]virt.Rates, now time.Time) map[string]virt.Rates {
	if now.Sub(c.exact) >= calmFor {
		c.exact, c.shown = now, rates
		return rates
	}
	next := make(map[string]virt.Rates, len(rates))
	for vm, read := range rates {
		if before, known := c.shown[vm]; known {
			read = steadied(before, read)
		}
		next[vm] = read
	}
	c.shown = next
	return next
}

// steadied is a reading whose small changes are left out.
func steadied(before, read virt.Rates) virt.Rates {
	if math.Abs(read.CPUPercent-before.CPUPercent) < calmLoad {
		read.CPUPercent = before.CPUPercent
	}
	if math.Abs(float64(read.MemUsed)-float64(before.MemUsed)) < calmMemory*float64(read.MemMax) {
		read.MemUsed = before.MemUsed
	}
	return read
}
