package machines

import (
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// mostLearns is how often in a row the XML of a host's machines is read because
// a list was not complete. Machines that come and go at that moment could
// otherwise keep it going for ever.
const mostLearns = 3

// hostRows are the machines of one host.
type hostRows struct {
	inv      *Inventory
	id       virt.HostID
	vms      []virt.VM
	rates    map[string]virt.Rates // as they are shown
	calm     calm
	loaded   bool
	complete bool
	err      error
	asOf     time.Time
	learning bool
	learns   int
	stops    []func() // end what follows the host
	left     bool
}

// measure has the figures of the host's machines read until it is left.
func (r *hostRows) measure() {
	var stop func()
	r.inv.kit.RunThen(func(ctx context.Context) (err error) {
		stop, err = r.inv.svc.Metrics.Watch(ctx, r.id)
		return err
	}, func() {
		if r.left {
			stop()
			return
		}
		r.stops = append(r.stops, stop)
	})
}

// leave ends all that follows the host.
func (r *hostRows) leave() {
	r.left = true
	for _, stop := range r.stops {
		stop()
	}
	r.inv.addresses.forgetBut(r.id, nil)
}

type listing struct {
	vms      []virt.VM
	complete bool
}

func (r *hostRows) load(ctx context.Context) (listing, error) {
	vms, complete, err := r.inv.svc.VMs.Quick(ctx, r.id)
	return listing{vms, complete}, err
}

// show takes the list. What was known of a host that fails now stays.
func (r *hostRows) show(l listing, err error) {
	r.err = err
	if err != nil {
		r.inv.tell(RowsChanged)
		return
	}
	slices.SortStableFunc(l.vms, func(a, b virt.VM) int { return compareNames(a.Name, b.Name) })
	r.vms, r.loaded, r.complete, r.asOf = l.vms, true, l.complete, time.Now()
	r.inv.answered(r.id)
	r.inv.addresses.forgetBut(r.id, l.vms)
	r.inv.tell(RowsChanged)
	r.inv.kit.After(0, r.learn) // when the list is on the screen
}

// learn has the titles and tags read that the list does not know yet; the news
// of that loads the list again.
func (r *hostRows) learn() {
	if r.complete {
		r.learns = 0
		return
	}
	if r.learning || r.learns >= mostLearns {
		return
	}
	r.learning = true
	r.learns++
	r.inv.kit.RunTo(func(ctx context.Context) error {
		return r.inv.svc.VMs.Learn(ctx, r.id)
	}, func(error) { r.learning = false }) // a host that fails now is listed again when it is back
}

func (r *hostRows) showFigures(rates map[string]virt.Rates, err error) {
	if err != nil {
		return // the host's state says it all
	}
	if rates = r.calm.take(rates, time.Now()); !reflect.DeepEqual(r.rates, rates) {
		r.rates = rates
		r.inv.tell(FiguresChanged)
	}
}

// machine is a row with its figures; those of a host that does not answer are
// not of now.
func (r *hostRows) machine(vm virt.VM, h virt.Host) parts.Machine {
	m := parts.Machine{VM: vm, HostState: h.State}
	if vm.State == virt.StateRunning {
		m.Rates, m.HasRates = r.rates[vm.ID]
	}
	return m
}
