package activity

import (
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// Before a pace says anything it must have been watched for so long, and so
// much of the stage must be done.
const (
	paceAfter = 2 * time.Second
	paceShare = .02
	// manySteps is from where on figures are bytes: no stage has so many steps.
	manySteps = 1 << 20
)

// A pace is how fast the stage of an operation goes on.
type pace struct {
	stage string
	begun time.Time
	first int64 // done when the stage was first seen
}

// words say how fast it goes and how long it will go on, once that can be told.
func (p *pace) words(op virt.Operation, now time.Time) string {
	if p.stage != op.Stage || p.begun.IsZero() || op.Done < p.first {
		*p = pace{op.Stage, now, op.Done}
	}
	watched, made := now.Sub(p.begun), op.Done-p.first
	if op.Total <= 0 || watched < paceAfter || float64(made) < paceShare*float64(op.Total) {
		return ""
	}
	perSecond := float64(made) / watched.Seconds()
	left := time.Duration(float64(op.Total-op.Done) / perSecond * float64(time.Second)).Round(time.Second)
	words := lang.L("about {{.Time}} left", map[string]any{"Time": parts.Duration(max(time.Second, left))})
	if op.Total >= manySteps {
		rate, unit := parts.DiskRate(perSecond)
		words = rate + "\u202f" + unit + "  ·  " + words
	}
	return words
}
