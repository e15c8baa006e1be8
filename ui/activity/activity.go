// Package activity shows what was asked of the program: what runs now, what has
// ended and how, and the audit log.
package activity

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// worthALine is how long an operation must run before it is worth a line of its
// own: most are over before anybody could read it.
const worthALine = time.Second

// Activity is the common part of the pages of one window.
type Activity struct {
	kit       *kit.Kit
	svc       *services.Services
	running   []virt.Operation
	view      *kit.View[[]virt.Operation]
	listeners map[any]func()
	count     func(int)
}

// New makes it, and follows what runs. count hears how many operations run
// that a person may want to know of; it may be nil.
func New(k *kit.Kit, svc *services.Services, count func(running int)) *Activity {
	a := &Activity{kit: k, svc: svc, listeners: map[any]func(){}, count: count}
	a.view = kit.NewView(k, func(ctx context.Context) ([]virt.Operation, error) {
		return svc.Operations.List(ctx, virt.OperationFilter{State: virt.OperationRunning})
	}, a.take)
	k.Follow(a.view, kit.OfKind(virt.OperationChanged))
	return a
}

// Page makes a page.
func (a *Activity) Page() kit.Page { return newPage(a) }

// Label is what a work tab of the page is called.
func (a *Activity) Label() kit.WorkTab {
	return kit.WorkTab{Icon: "activity", Name: lang.L("Activity")}
}

// take keeps those operations that are long or have been running for a while,
// the oldest first.
func (a *Activity) take(running []virt.Operation, err error) {
	if err != nil {
		return // whoever asked for the operation is told of its failure
	}
	var wait time.Duration
	a.running = slices.DeleteFunc(virt.WithoutChildren(running), func(op virt.Operation) bool {
		young := worthALine - time.Since(op.Started)
		if op.Long() || young <= 0 {
			return false
		}
		wait = max(wait, young)
		return true
	})
	slices.SortFunc(a.running, func(x, y virt.Operation) int { return x.Started.Compare(y.Started) })
	if wait > 0 {
		a.kit.After(wait, a.view.Changed)
	}
	for _, changed := range a.listeners {
		changed()
	}
	if a.count != nil {
		a.count(len(a.running))
	}
}

// stop asks the operation to stop and to take back what it has done.
func (a *Activity) stop(id string, button kit.Busy) {
	a.kit.RunOn(button, func(ctx context.Context) error { return a.svc.Operations.Cancel(ctx, id) })
}
