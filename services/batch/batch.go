// Package batch does one action to many machines: each for itself, several at a
// time on every host, with a result for each.
package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// An Act does an action to one thing. args is JSON, or nil for an action that
// takes none.
type Act func(ctx context.Context, target virt.Ref, args json.RawMessage) error

// Actions say how actions are done.
type Actions map[virt.Action]Act

// Service does actions to many machines.
type Service struct {
	door *operation.Door
	look func(context.Context, virt.Ref) (virt.VM, error)
	acts Actions
}

// New returns a Service that does the acts. look reads a machine as it is now.
func New(door *operation.Door, look func(context.Context, virt.Ref) (virt.VM, error), acts Actions) *Service {
	return &Service{door: door, look: look, acts: acts}
}

// A Request says what to do to which machines.
type Request struct {
	Action   virt.Action
	Machines []virt.Ref // one that is named twice counts once
	Args     json.RawMessage
}

// A Result is what became of one machine.
type Result string

// The results. Skipped machines are in a state that forbids the action;
// cancelled ones never had their turn, or are as they were before it.
const (
	Done      Result = "done"
	Failed    Result = "failed"
	Skipped   Result = "skipped"
	Cancelled Result = "cancelled"
)

// An Outcome is one machine's result, with what speaks against the better one.
// Of a skipped machine Message is a sentence of virt.Can.
type Outcome struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Host    virt.HostID    `json:"host"`
	Result  Result         `json:"result"`
	Kind    virt.ErrorKind `json:"kind,omitempty"`
	Message string         `json:"message,omitempty"`
	Cause   string         `json:"cause,omitempty"` // where it is known
	Hint    string         `json:"hint,omitempty"`

	Err error `json:"-"` // of a failure, as the action returned it
}

// Ref points to the machine.
func (o Outcome) Ref() virt.Ref {
	return virt.Ref{Host: o.Host, Kind: virt.KindVM, ID: o.ID, Name: o.Name}
}

// FailedOutcome is the Outcome of a machine that err kept from its turn.
func FailedOutcome(vm virt.Ref, err error) Outcome {
	o := outcome(vm, Failed)
	o.Kind, o.Message, o.Cause, o.Hint, o.Err = virt.KindOf(err), err.Error(), virt.CauseOf(err), virt.HintOf(err), err
	return o
}

// A Report has the outcomes in the order in which the machines were named.
type Report struct {
	Action   virt.Action
	Outcomes []Outcome
}

// Of returns the machines that have one of the results.
func (r Report) Of(results ...Result) []virt.Ref {
	var refs []virt.Ref
	for _, o := range r.Outcomes {
		for _, result := range results {
			if o.Result == result {
				refs = append(refs, o.Ref())
			}
		}
	}
	return refs
}

// Err is virt.ErrCancelled when machines never had their turn, virt.ErrPartial
// when some failed, saying which; else nil.
func (r Report) Err() error {
	if left := r.Of(Cancelled); len(left) > 0 {
		return virt.Errorf(virt.KindCancelled, "%s was stopped before %d of %d machines were done: %s", r.Action, len(left), len(r.Outcomes), names(left))
	}
	failed := r.Of(Failed)
	if len(failed) == 0 {
		return nil
	}
	return virt.Errorf(virt.KindPartial, "%s failed for %d of %d machines: %s", r.Action, len(failed), len(r.Outcomes), names(failed)).
		WithHint("Look at what stood in the way of each, and try those again.")
}

// Do does the action to all machines: one operation that counts the machines,
// and a child of it for each. A machine is judged when its turn comes, and
// skipped when its state forbids the action. Hosts do not wait for each other.
// When ctx ends or the operation is cancelled, machines whose turn has not come
// are left alone.
//
// The Report is complete whenever it has outcomes. The error is then
// virt.ErrPartial, virt.ErrCancelled or nil; without outcomes nothing was done.
func (s *Service) Do(ctx context.Context, r Request) (Report, error) {
	machines := once(r.Machines)
	target := together(machines)
	if err := s.door.May(ctx, r.Action, target); err != nil {
		return Report{}, err
	}
	act, known := s.acts[r.Action]
	switch {
	case !known:
		return Report{}, virt.Errorf(virt.KindInvalid, "%q is not done to several machines at once", r.Action)
	case len(machines) == 0:
		return Report{}, virt.Errorf(virt.KindInvalid, "no machine is named").WithHint("Name the machines.")
	}
	b := newRun(s, r.Action, func(ctx context.Context, vm virt.Ref) error { return act(ctx, vm, r.Args) }, machines)
	err := s.door.Do(ctx, r.Action, target, func(ctx context.Context, p *operation.Progress) error {
		b.all(ctx, p)
		return b.report.Err()
	})
	if !b.began {
		return Report{}, err
	}
	return b.report, err
}

// once leaves out machines that were named before.
func once(machines []virt.Ref) []virt.Ref {
	seen := map[virt.Ref]bool{}
	var all []virt.Ref
	for _, vm := range machines {
		if !seen[vm.Key()] {
			seen[vm.Key()] = true
			all = append(all, vm)
		}
	}
	return all
}

// together points to the machines as a whole: a Ref without ID, on their host
// if they share one.
func together(machines []virt.Ref) virt.Ref {
	ref := virt.Ref{Kind: virt.KindVM, Name: names(machines)}
	if len(machines) > 0 {
		ref.Host = machines[0].Host
	}
	for _, vm := range machines {
		if vm.Host != ref.Host {
			ref.Host = ""
		}
	}
	return ref
}

// mostNames is how many machines are named one by one.
const mostNames = 3

func names(machines []virt.Ref) string {
	var all []string
	for _, vm := range machines {
		all = append(all, vm.Name)
	}
	if len(all) > mostNames {
		return fmt.Sprintf("%s, … (%d)", strings.Join(all[:mostNames], ", "), len(all))
	}
	return strings.Join(all, ", ")
}
