package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/batch"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// An obeying waits until machines that were asked for something have done it.
// Those that do not in time become failures of the report.
type obeying interface {
	until(ctx context.Context, report *batch.Report)
	stop()
}

// goingOff waits until machines are off.
type goingOff struct {
	services *services.Services
	limit    time.Duration
}

func (w *goingOff) stop() {}

func (w *goingOff) until(ctx context.Context, report *batch.Report) {
	var waiting sync.WaitGroup
	for i := range report.Outcomes {
		o := &report.Outcomes[i]
		if o.Result != batch.Done {
			continue
		}
		waiting.Add(1)
		go func() {
			defer waiting.Done()
			err := timed(ctx, o.Ref(), w.limit, func(ctx context.Context) error { return untilOff(ctx, w.services, o.Ref()) })
			if err != nil {
				*o = notObeyed(*o, err)
			}
		}()
	}
	waiting.Wait()
}

// untilOff waits until the machine is off, or gone when it had no stored
// definition.
func untilOff(ctx context.Context, s *services.Services, vm virt.Ref) error {
	_, err := s.VMs.WaitFor(ctx, vm, func(row virt.VM) bool { return !row.State.Active() })
	if errors.Is(err, virt.ErrNotFound) {
		return nil
	}
	return err
}

// rebooting waits until machines were reset, of which there is news only.
type rebooting struct {
	news  <-chan virt.Event
	end   func()
	limit time.Duration
}

func newRebooting(s *services.Services, limit time.Duration) *rebooting {
	w := &rebooting{limit: limit}
	w.news, w.end = s.Watch()
	return w
}

func (w *rebooting) stop() { w.end() }

func (w *rebooting) until(ctx context.Context, report *batch.Report) {
	waiting := map[virt.Ref]*batch.Outcome{}
	for i := range report.Outcomes {
		if o := &report.Outcomes[i]; o.Result == batch.Done {
			waiting[o.Ref().Key()] = o
		}
	}
	limited, cancel := context.WithTimeout(ctx, w.limit)
	defer cancel()
	err := w.hear(limited, waiting)
	for _, o := range waiting {
		why := err
		if errors.Is(err, virt.ErrTimeout) {
			why = tooLate(o.Ref(), w.limit)
		}
		*o = notObeyed(*o, why)
	}
}

// notObeyed is the outcome of a machine that was asked and did not obey while
// somebody waited for it.
func notObeyed(o batch.Outcome, err error) batch.Outcome {
	o = batch.FailedOutcome(o.Ref(), err)
	if o.Kind == virt.KindCancelled {
		o.Result = batch.Cancelled
	}
	return o
}

// hear strikes out the machines that are told to have been reset.
func (w *rebooting) hear(ctx context.Context, waiting map[virt.Ref]*batch.Outcome) error {
	for len(waiting) > 0 {
		select {
		case ev, open := <-w.news:
			switch {
			case !open:
				return virt.Errorf(virt.KindUnavailable, "the program is closing")
			case ev.Detail == "rebooted":
				delete(waiting, ev.Ref.Key())
			case ev.Kind == virt.VMRemoved && waiting[ev.Ref.Key()] != nil:
				gone := waiting[ev.Ref.Key()]
				*gone = batch.FailedOutcome(gone.Ref(), virt.Errorf(virt.KindNotFound, "%s is gone", gone.Ref()))
				delete(waiting, ev.Ref.Key())
			}
		case <-ctx.Done():
			return &virt.Error{Kind: virt.KindOf(ctx.Err()), Action: virt.RebootVM, Err: ctx.Err()}
		}
	}
	return nil
}
