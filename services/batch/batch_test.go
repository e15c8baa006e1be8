package batch_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/batch"
	"github.com/kvmmanager/kvm-manager/services/internal/event"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/storage"
)

// all returns the machines of a host by name.
func all(t *testing.T, s *services.Services, ctx context.Context, id virt.HostID) []virt.Ref { //nolint:revive // t comes first in tests
	t.Helper()
	vms, err := s.VMs.List(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	var refs []virt.Ref
	for _, vm := range vms {
		refs = append(refs, vm.Ref())
	}
	return refs
}

// running returns how many machines of a host run.
func running(t *testing.T, s *services.Services, ctx context.Context, id virt.HostID) int { //nolint:revive // as all
	t.Helper()
	vms, err := s.VMs.List(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, vm := range vms {
		if vm.State == virt.StateRunning {
			n++
		}
	}
	return n
}

func named(refs []virt.Ref) []string {
	var names []string
	for _, ref := range refs {
		names = append(names, ref.Name)
	}
	return names
}

func TestManyMachinesAreOneOperationWithAChildForEach(t *testing.T) {
	const many = 60
	s, ctx := virttest.OpenURI(t, virttest.ManyVMs(t, many))
	id := virttest.Host(t, s, ctx)
	machines := all(t, s, ctx, id)

	report, err := s.Batch.Do(ctx, batch.Request{Action: virt.StartVM, Machines: append(machines, machines[7])})

	if err != nil || !slices.Equal(named(report.Of(batch.Done)), named(machines)) {
		t.Fatalf("got %v, done are %q", err, named(report.Of(batch.Done)))
	}
	if n := running(t, s, ctx, id); n != many {
		t.Errorf("%d machines run", n)
	}
	operations, err := s.Operations.List(ctx, virt.OperationFilter{})
	if err != nil || len(operations) != many+1 {
		t.Fatalf("there are %d operations, %v", len(operations), err)
	}
	parent := operations[slices.IndexFunc(operations, func(op virt.Operation) bool { return op.Parent == "" })]
	if parent.Target.Name != "vm-000, vm-001, vm-002, … (60)" || parent.Target.Host != id || parent.Target.ID != "" {
		t.Errorf("it was done to %+v", parent.Target)
	}
	if parent.Action != virt.StartVM || parent.State != virt.OperationDone || parent.Stage != batch.Stage || parent.Done != many || parent.Total != many {
		t.Errorf("the parent is %+v", parent)
	}
	for _, op := range operations {
		if op.ID != parent.ID && (op.Parent != parent.ID || op.Action != virt.StartVM || op.State != virt.OperationDone) {
			t.Errorf("a child is %+v", op)
		}
	}
}

func TestAFailureInTheMiddleKeepsNobodyFromHisTurn(t *testing.T) {
	s, ctx := virttest.OpenURI(t, virttest.ManyVMs(t, 50))
	id := virttest.Host(t, s, ctx)
	machines := all(t, s, ctx, id)
	for _, i := range []int{3, 17} {
		if err := s.VMs.Start(ctx, machines[i]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.VMs.Delete(ctx, machines[25], virt.DeleteSpec{}); err != nil {
		t.Fatal(err)
	}

	report, err := s.Batch.Do(ctx, batch.Request{Action: virt.StartVM, Machines: machines})

	if !errors.Is(err, virt.ErrPartial) || !strings.Contains(err.Error(), "1 of 50 machines: vm-025") {
		t.Errorf("got %v", err)
	}
	if done := report.Of(batch.Done); len(done) != 47 || running(t, s, ctx, id) != 49 {
		t.Errorf("%d are done, %d run", len(done), running(t, s, ctx, id))
	}
	if skipped := named(report.Of(batch.Skipped)); !slices.Equal(skipped, []string{"vm-003", "vm-017"}) {
		t.Errorf("skipped were %q", skipped)
	}
	if o := report.Outcomes[3]; o.Kind != virt.KindState || o.Message != "The machine is already on." {
		t.Errorf("one that runs: %+v", o)
	}
	if o := report.Outcomes[25]; o.Result != batch.Failed || o.Kind != virt.KindNotFound || o.Message == "" || o.Hint == "" || !errors.Is(o.Err, virt.ErrNotFound) {
		t.Errorf("one that is gone: %+v", o)
	}
	operations, err := s.Operations.List(ctx, virt.OperationFilter{State: virt.OperationFailed})
	if err != nil || len(operations) != 2 || operations[0].Target.Same(operations[1].Target) {
		t.Fatalf("failed operations are %+v, %v", operations, err)
	}
	parent := operations[slices.IndexFunc(operations, virt.Operation.IsBatch)]
	if parent.Kind != virt.KindPartial || parent.Done != 50 {
		t.Errorf("the batch is kept as %+v", parent)
	}
	past, err := s.Batch.Past(ctx, parent.ID)
	if err != nil || past.Action != virt.StartVM || len(past.Of(batch.Done)) != 47 {
		t.Fatalf("later it is told that %+v, %v", past, err)
	}
	failed := past.Of(batch.Failed)
	if len(failed) != 1 || !failed[0].Same(machines[25]) {
		t.Fatalf("later it is told that %q failed", named(failed))
	}
	o := past.Outcomes[slices.IndexFunc(past.Outcomes, func(o batch.Outcome) bool { return o.Result == batch.Failed })]
	if now := report.Outcomes[25]; o.Kind != now.Kind || o.Message != now.Message || o.Cause != now.Cause || o.Hint != now.Hint {
		t.Errorf("later it is told %+v, at once it was %+v", o, now)
	}
}

func TestOnlyABatchIsToldOfLater(t *testing.T) {
	s, ctx := virttest.Open(t, "one-running-vm.xml")
	vm := virttest.Only(t, s, ctx).Ref()
	if err := s.VMs.Pause(ctx, vm); err != nil {
		t.Fatal(err)
	}
	operations, err := s.Operations.List(ctx, virt.OperationFilter{})
	if err != nil || len(operations) != 1 {
		t.Fatalf("there are %+v, %v", operations, err)
	}
	if _, err := s.Batch.Past(ctx, operations[0].ID); !errors.Is(err, virt.ErrInvalid) {
		t.Errorf("of one machine it says %v", err)
	}
	if _, err := s.Batch.Past(ctx, "none"); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("of none it says %v", err)
	}
	if s.Batch.Repeatable(virt.AutostartVM) || s.Batch.Repeatable(virt.DeleteVM) || !s.Batch.Repeatable(virt.OffVM) {
		t.Error("what can be repeated is not what takes no arguments")
	}
}

func TestStoppedAtHalfTheRestIsLeftAlone(t *testing.T) {
	const many, half = 60, 30
	s, admin := virttest.OpenURI(t, virttest.ManyVMs(t, many))
	id := virttest.Host(t, s, admin)
	ctx, cancel := context.WithCancel(admin)
	defer cancel()
	var turns atomic.Int64
	state := storage.NewState(virttest.Dirs(t))
	t.Cleanup(func() { _ = state.Close() })
	b := batch.New(operation.New(state, event.New()), s.VMs.One, batch.Actions{
		virt.StartVM: func(ctx context.Context, vm virt.Ref, _ json.RawMessage) error {
			err := s.VMs.Start(ctx, vm)
			if turns.Add(1) == half {
				cancel()
			}
			return err
		},
	})

	report, err := b.Do(ctx, batch.Request{Action: virt.StartVM, Machines: all(t, s, admin, id)})

	if !errors.Is(err, virt.ErrCancelled) || !strings.Contains(err.Error(), "was stopped before") {
		t.Errorf("got %v", err)
	}
	done, left := len(report.Of(batch.Done)), len(report.Of(batch.Cancelled))
	if done < half || done+left != many || left < many-half-8 {
		t.Errorf("%d are done and %d left alone", done, left)
	}
	if n := running(t, s, admin, id); n != done {
		t.Errorf("%d run, %d are said to be done", n, done)
	}
}

func TestAnOperationIsStoppedWhileAHostDoesNotAnswer(t *testing.T) {
	a, b := virttest.Libvirtd(t), virttest.Libvirtd(t)
	s, ctx := openBoth(t, a, b)
	hosts, machines := twoHosts(t, s, ctx)
	a.Stop(t)
	defer a.Cont(t)
	news, stop := s.Watch()
	defer stop()
	type answer struct {
		report batch.Report
		err    error
	}
	ended := make(chan answer, 1)
	go func() {
		report, err := s.Batch.Do(ctx, batch.Request{Action: virt.StartVM, Machines: machines})
		ended <- answer{report, err}
	}()

	within(t, "the other host's machines run", news, func() bool { return running(t, s, ctx, hosts[1]) == perHost })
	op, err := s.Operations.List(ctx, virt.OperationFilter{State: virt.OperationRunning})
	parent := slices.IndexFunc(op, func(op virt.Operation) bool { return op.Parent == "" })
	if err != nil || parent < 0 || op[parent].Target.Host != "" {
		t.Fatalf("running are %+v, %v", op, err)
	}
	if err := s.Operations.Cancel(ctx, op[parent].ID); err != nil {
		t.Fatal(err)
	}

	got := <-ended
	if got.err == nil || len(got.report.Of(batch.Done)) != perHost {
		t.Errorf("got %v, done are %q", got.err, named(got.report.Of(batch.Done)))
	}
	for _, ref := range got.report.Of(batch.Done) {
		if ref.Host != hosts[1] {
			t.Errorf("%s is done", ref)
		}
	}
}

func TestWhatFailedOnAHaltedHostIsTriedAgain(t *testing.T) {
	a, b := virttest.Libvirtd(t), virttest.Libvirtd(t)
	s, ctx := openBoth(t, a, b)
	hosts, machines := twoHosts(t, s, ctx)
	a.Stop(t)
	news, stop := s.Watch()
	defer stop()

	report, err := s.Batch.Do(ctx, batch.Request{Action: virt.StartVM, Machines: machines})

	failed := report.Of(batch.Failed)
	if !errors.Is(err, virt.ErrPartial) || len(failed) != perHost || len(report.Of(batch.Done)) != perHost {
		t.Fatalf("got %v, %+v", err, report.Outcomes)
	}
	for _, o := range report.Outcomes {
		if o.Result == batch.Failed && (o.Host != hosts[0] || o.Kind != virt.KindUnavailable || o.Hint == "") {
			t.Errorf("got %+v", o)
		}
	}

	a.Cont(t)
	within(t, "the host is back", news, func() bool {
		all, err := s.Hosts.List(ctx)
		return err == nil && all[0].State == virt.HostConnected
	})
	report, err = s.Batch.Do(ctx, batch.Request{Action: virt.StartVM, Machines: failed})
	if err != nil || len(report.Of(batch.Done)) != perHost || running(t, s, ctx, hosts[0]) != perHost {
		t.Errorf("tried again: %v, %+v", err, report.Outcomes)
	}
}

func TestArgumentsReachTheAction(t *testing.T) {
	s, ctx := virttest.OpenURI(t, virttest.ManyVMs(t, 3))
	id := virttest.Host(t, s, ctx)
	for _, on := range []string{"true", "false"} {
		if _, err := s.Batch.Do(ctx, batch.Request{Action: virt.AutostartVM, Machines: all(t, s, ctx, id), Args: json.RawMessage(`{"on":` + on + `}`)}); err != nil {
			t.Fatal(err)
		}
		vms, err := s.VMs.List(ctx, id)
		for _, vm := range vms {
			if err != nil || vm.Autostart != (on == "true") {
				t.Errorf("autostart %s: %v, %v", on, vm.Autostart, err)
			}
		}
	}
	report, err := s.Batch.Do(ctx, batch.Request{Action: virt.AutostartVM, Machines: all(t, s, ctx, id)})
	if !errors.Is(err, virt.ErrPartial) || report.Outcomes[0].Kind != virt.KindInvalid {
		t.Errorf("without arguments: %v, %+v", err, report)
	}
}

func TestWhatCannotBeDoneIsRefusedBeforeAnythingIs(t *testing.T) {
	s, ctx := virttest.OpenURI(t, virttest.ManyVMs(t, 2))
	machines := all(t, s, ctx, virttest.Host(t, s, ctx))
	viewer := virt.WithActor(context.Background(), virt.Actor{Name: "vic", Via: "test", Role: virt.RoleViewer})
	for _, c := range []struct {
		ctx  context.Context // a case of the table
		r    batch.Request
		want error
	}{
		{viewer, batch.Request{Action: virt.StartVM, Machines: machines}, virt.ErrForbidden},
		{context.Background(), batch.Request{Action: virt.StartVM, Machines: machines}, virt.ErrForbidden},
		{ctx, batch.Request{Action: "vm.unknown", Machines: machines}, virt.ErrForbidden},
		{ctx, batch.Request{Action: virt.CreateVM, Machines: machines}, virt.ErrInvalid},
		{ctx, batch.Request{Action: virt.StartVM}, virt.ErrInvalid},
	} {
		report, err := s.Batch.Do(c.ctx, c.r)
		if !errors.Is(err, c.want) || len(report.Outcomes) > 0 {
			t.Errorf("%s of %d: got %v, want %v", c.r.Action, len(c.r.Machines), err, c.want)
		}
	}
	if operations, err := s.Operations.List(ctx, virt.OperationFilter{}); err != nil || len(operations) > 0 {
		t.Errorf("there are operations %+v, %v", operations, err)
	}
}

// within looks at each news whether something has become true.
func within(t *testing.T, what string, news <-chan virt.Event, done func() bool) {
	t.Helper()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for !done() {
		select {
		case <-news:
		case <-limit.C:
			t.Fatalf("waited a minute in vain until %s", what)
		}
	}
}
