package batch

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// atOnce is on how many machines of one host work goes on at the same time. It
// leaves connections for those who look on meanwhile.
const atOnce = 4

// Stage is what the operation that counts the machines does.
const Stage = "machines"

// A run is one batch under way.
type run struct {
	service *Service
	action  virt.Action
	act     func(context.Context, virt.Ref) error
	report  Report // each outcome is written by the worker that has the machine
	began   bool
}

func newRun(s *Service, action virt.Action, act func(context.Context, virt.Ref) error, machines []virt.Ref) *run {
	b := &run{service: s, action: action, act: act, report: Report{Action: action}}
	for _, vm := range machines {
		b.report.Outcomes = append(b.report.Outcomes, outcome(vm, Cancelled))
	}
	return b
}

func outcome(vm virt.Ref, result Result) Outcome {
	return Outcome{ID: vm.ID, Name: vm.Name, Host: vm.Host, Result: result}
}

// all works on the machines of all hosts and returns when every worker has
// ended.
func (b *run) all(ctx context.Context, p *operation.Progress) {
	b.began = true
	p.Stage(Stage)
	p.Total(int64(len(b.report.Outcomes)))
	queues := map[virt.HostID][]int{}
	for i, o := range b.report.Outcomes {
		queues[o.Host] = append(queues[o.Host], i)
	}
	var workers sync.WaitGroup
	for _, queue := range queues {
		var next atomic.Int64
		for range min(atOnce, len(queue)) {
			workers.Add(1)
			go func() {
				defer workers.Done()
				for ctx.Err() == nil {
					turn := int(next.Add(1)) - 1
					if turn >= len(queue) {
						return
					}
					b.one(ctx, queue[turn])
					p.Add(1)
				}
			}()
		}
	}
	workers.Wait()
}

// one judges a machine and does the action to it. What the end of ctx kept from
// beginning stays cancelled.
func (b *run) one(ctx context.Context, i int) {
	o := &b.report.Outcomes[i]
	row, err := b.service.look(ctx, o.Ref())
	if err == nil {
		if reason, can := virt.Can(b.action, row); !can {
			o.Result, o.Kind, o.Message = Skipped, virt.KindState, reason
			return
		}
		err = b.act(ctx, o.Ref())
	} else {
		err = b.record(ctx, o.Ref(), err)
	}
	switch {
	case err == nil:
		o.Result = Done
	case ctx.Err() != nil && (errors.Is(err, virt.ErrCancelled) || errors.Is(err, virt.ErrTimeout)):
		o.Kind, o.Message = virt.KindOf(err), err.Error()
	default:
		*o = FailedOutcome(o.Ref(), err)
	}
}

// record leaves an operation behind of a machine that could not even be looked
// at: without it nobody would know later that it was meant, too.
func (b *run) record(ctx context.Context, vm virt.Ref, failure error) error {
	return b.service.door.Do(ctx, b.action, vm, func(context.Context, *operation.Progress) error { return failure })
}
