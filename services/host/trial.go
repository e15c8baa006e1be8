package host

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/internal/tunnel"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// The stages of a test, in their order; which of them a host has depends on its
// transport.
const (
	stageReach    = string(tunnel.Reach)
	stageIdentity = string(tunnel.Identify)
	stageLogin    = string(tunnel.LogIn)
	stageLibvirt  = "libvirt"
	stageRights   = "rights"
)

// atLibvirt begins behind the last stage of the way.
const atLibvirt = tunnel.Stage(stageLibvirt)

var stageTitles = map[string]string{
	stageReach: "The host is reached", stageIdentity: "The host is who it says", stageLogin: "The host lets us in",
	stageLibvirt: "libvirt answers", stageRights: "Machines may be listed",
}

// stagesOf are the stages that a host goes through. What ssh itself does, where
// libvirt runs it, nobody here sees.
func stagesOf(h virt.SavedHost) []string {
	switch h.Transport {
	case virt.TransportSSH, virt.TransportTLS:
		if tunnel.ByProgram(h, "") {
			return []string{stageLibvirt, stageRights}
		}
		return []string{stageReach, stageIdentity, stageLogin, stageLibvirt, stageRights}
	case virt.TransportTCP, virt.TransportLibSSH:
		return []string{stageReach, stageLibvirt, stageRights}
	default:
		return []string{stageLibvirt, stageRights}
	}
}

// Test connects to a host, saved or not, and ends the connection again. It calls
// tell for each stage that has ended, in order and not at once from several
// goroutines: passed (virt.CheckOK), failed with cause and remedy, or skipped
// behind a failure. The stages are also those of the operation's progress. tell
// may be nil.
//
// The findings are returned as well; the error is that of the stage that failed.
// Questions go to the Asker; what was answered is known when the host is then
// saved and connected.
func (s *Service) Test(ctx context.Context, h virt.SavedHost, tell func(virt.Check)) ([]virt.Check, error) {
	t := &trial{stages: stagesOf(h), tell: tell}
	err := s.door.Do(ctx, virt.TestHost, virt.HostRef(h.Name), func(ctx context.Context, p *operation.Progress) error {
		if err := h.Check(); err != nil {
			return err
		}
		t.progress = p
		return s.try(ctx, h, t)
	})
	return t.findings, err
}

func (s *Service) try(ctx context.Context, h virt.SavedHost, t *trial) error {
	t.begin(t.stages[0])
	i := s.interview(h.Name)
	type opened struct {
		route route
		err   error
	}
	done := make(chan opened, 1)
	go func() {
		r, err := s.travel(ctx, h, i, hypervisor.Options{Host: h.Name}, func(stage tunnel.Stage) { t.begin(string(stage)) })
		done <- opened{r, err}
	}()
	var r route
	select {
	case o := <-done:
		if o.err != nil {
			return t.fail(o.err)
		}
		r = o.route
	case <-ctx.Done():
		go func() { // libvirt cannot be broken off; what comes late is closed
			o := <-done
			_ = o.route.close()
		}()
		return t.fail(ctx.Err())
	}
	defer func() { _ = r.close() }()
	i.succeeded()
	t.begin(stageLibvirt)
	known, err := r.conn.HostInfo()
	if err != nil {
		return t.fail(err)
	}
	t.pass(fmt.Sprintf("libvirt %s, %s %s on %s", known.Libvirt, known.Hypervisor, known.HVVersion, known.Hostname))
	t.begin(stageRights)
	machines, err := r.conn.Inventory()
	if err != nil {
		return t.fail(err)
	}
	t.pass(fmt.Sprintf("%d machines", len(machines)))
	return nil
}

// A trial notes the findings of a test.
type trial struct {
	stages   []string
	tell     func(virt.Check)
	progress *operation.Progress

	mu       sync.Mutex
	findings []virt.Check
	at       int // the stage under way
}

// begin notes that a stage begins; those before it have passed. A hop through a
// jump host begins an earlier one again, which is told once.
func (t *trial) begin(stage string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, name := range t.stages {
		if name != stage {
			continue
		}
		for t.at < i {
			t.note(virt.Check{Status: virt.CheckOK})
		}
	}
	t.progress.Stage(stage)
}

// pass ends the stage under way.
func (t *trial) pass(cause string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.note(virt.Check{Status: virt.CheckOK, Cause: cause})
}

// fail ends the stage under way and skips the others.
func (t *trial) fail(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.note(virt.Check{Status: virt.CheckFail, Cause: cmp.Or(virt.CauseOf(err), err.Error()), Remedy: virt.HintOf(err)})
	for t.at < len(t.stages) {
		t.note(virt.Check{Status: virt.CheckSkipped})
	}
	return err
}

// note tells the finding of the stage under way. The caller holds t.mu.
func (t *trial) note(c virt.Check) {
	if t.at >= len(t.stages) {
		return
	}
	c.ID = t.stages[t.at]
	c.Title = stageTitles[c.ID]
	t.at++
	t.findings = append(t.findings, c)
	if t.tell != nil {
		t.tell(c)
	}
}
