package host_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/storage"
)

// A person answers questions and remembers them.
type person struct {
	mu     sync.Mutex
	asked  []virt.Question
	answer func(virt.Question) (virt.Answer, error)
}

// Ask answers.
func (p *person) Ask(ctx context.Context, q virt.Question) (virt.Answer, error) {
	p.mu.Lock()
	p.asked = append(p.asked, q)
	answer := p.answer
	p.mu.Unlock()
	if answer == nil { // he has gone for lunch
		<-ctx.Done()
		return virt.Answer{}, ctx.Err()
	}
	return answer(q)
}

func (p *person) questions() []virt.Question {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

func (p *person) kinds() []virt.QuestionKind {
	var kinds []virt.QuestionKind
	for _, q := range p.questions() {
		kinds = append(kinds, q.Kind)
	}
	return kinds
}

// says makes the person answer each kind of question so; others are refused.
func says(answers map[virt.QuestionKind]virt.Answer) func(virt.Question) (virt.Answer, error) {
	return func(q virt.Question) (virt.Answer, error) {
		answer, known := answers[q.Kind]
		if !known {
			return virt.Answer{}, virt.Errorf(virt.KindCancelled, "no answer about %s", q.Subject)
		}
		return answer, nil
	}
}

var yes = virt.Answer{Yes: true, Remember: true}

// A desk is the services of a person without a keyring, an agent and a home.
type desk struct {
	t    *testing.T
	svc  *services.Services
	ctx  context.Context
	dirs storage.Dirs
	*person
	news <-chan virt.Event
}

func newDesk(t *testing.T, answers map[virt.QuestionKind]virt.Answer) *desk {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("SSH_AUTH_SOCK", "")
	t.Setenv("HOME", t.TempDir())
	d := &desk{t: t, person: &person{answer: says(answers)}, dirs: virttest.Dirs(t)}
	d.open()
	return d
}

func (d *desk) open() {
	d.t.Helper()
	ctx := virt.WithActor(context.Background(), virt.Actor{Name: "ada", Via: "test", Role: virt.RoleAdmin})
	svc, err := services.Open(ctx, services.Options{Dirs: d.dirs, Alone: true, Asker: d.person})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		if err := svc.Close(); err != nil {
			d.t.Error(err)
		}
	})
	var cancel, stop func()
	d.svc = svc
	d.ctx, cancel = context.WithTimeout(ctx, patience)
	d.t.Cleanup(cancel)
	d.news, stop = svc.Watch()
	d.t.Cleanup(stop)
}

// connect saves the host, connects and returns how that ended.
func (d *desk) connect(h virt.SavedHost) error {
	d.t.Helper()
	if err := d.svc.Hosts.Save(d.ctx, "", h); err != nil {
		d.t.Fatal(err)
	}
	if err := d.svc.Hosts.Connect(d.ctx, h.Name); err != nil {
		d.t.Fatal(err)
	}
	return d.svc.Hosts.Wait(d.ctx, h.Name)
}

// until waits until the host is in the state.
func (d *desk) until(name virt.HostID, want virt.HostState) virt.Host {
	d.t.Helper()
	for {
		hosts, err := d.svc.Hosts.List(d.ctx)
		if err != nil {
			d.t.Fatal(err)
		}
		var now virt.Host
		for _, h := range hosts {
			if h.ID == name {
				now = h
			}
		}
		if now.State == want {
			return now
		}
		select {
		case <-d.news:
		case <-d.ctx.Done():
			d.t.Fatalf("the host is %q (%s), want %s", now.State, now.Problem, want)
		}
	}
}
