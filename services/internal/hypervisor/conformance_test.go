package hypervisor_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// A suite runs the same questions against one driver.
type suite struct {
	conn    *hypervisor.Conn
	news    *listener
	lacking []string // verbs that the driver declares it cannot do
	small   string   // a directory of the host with room for 4 MiB only; may be empty
	dir     string   // a directory of the host for pools
}

// Verbs that not every driver has.
const (
	console     = "console"
	graphics    = "graphics"
	jobs        = "jobs"
	leases      = "leases"
	liveScreen  = "live screen" // its picture is always the same one
	networks    = "networks"
	pools       = "pools"
	reset       = "reset"
	startPaused = "paused start"
	stats       = "stats"
	upload      = "upload"
)

func TestTheTestDriverConforms(t *testing.T) {
	conform(t, virttest.TestHost(t, "empty.xml"), suite{
		dir:     "/pools",
		lacking: []string{console, graphics, jobs, leases, liveScreen, networks, reset, startPaused, stats, upload},
	})
}

func TestTheEmbeddedDriverConforms(t *testing.T) {
	conform(t, virttest.EmbedURI(t), suite{lacking: []string{leases, networks, pools, upload}})
}

func TestALibvirtDaemonConforms(t *testing.T) {
	d := virttest.Libvirtd(t)
	conform(t, d.URI, suite{dir: d.Dir, small: d.Small})
}

func conform(t *testing.T, uri string, s suite) {
	s.conn, s.news = open(t, uri)
	for _, test := range []struct {
		name string
		run  func(*testing.T, suite)
	}{
		{"the host says what it is", hostFacts},
		{"a VM lives", lifecycle},
		{"wrong asking has a kind", refusals},
		{"documents are read and stored", documents},
		{"saving and restoring", saving},
		{"a save that is cancelled leaves the VM running", cancelledSave},
		{"a VM shows its screen", screen},
		{"a VM's screen server answers", screenServer},
		{"a VM's serial port speaks", serialPort},
		{"running VMs are measured", measuring},
		{"pools and volumes", storage},
		{"volumes take and give bytes", transfers},
		{"a full pool says so", fullPool},
		{"networks start and stop", networking},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, s) })
	}
}

func (s suite) needs(t *testing.T, verb string) {
	t.Helper()
	if slices.Contains(s.lacking, verb) {
		t.Skipf("%s has no %s", s.conn.Driver(), verb)
	}
}

// define stores a guest that is removed with the test.
func (s suite) define(t *testing.T, name string) virt.Ref {
	t.Helper()
	ref, err := s.conn.DefineDomain(text(t, guest(s.conn.Driver(), name)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if vm, err := s.conn.VMState(ref.ID); err == nil && vm.State.Active() {
			must(t, s.conn.DestroyDomain(ref.ID))
		}
		if err := s.conn.Undefine(ref.ID, hypervisor.UndefineOptions{}); err != nil && !errors.Is(err, virt.ErrNotFound) {
			t.Error(err)
		}
	})
	return ref
}

// started is define, and a start.
func (s suite) started(t *testing.T, name string) virt.Ref {
	t.Helper()
	ref := s.define(t, name)
	must(t, s.conn.StartDomain(ref.ID))
	return ref
}

func (s suite) wantState(t *testing.T, ref virt.Ref, want virt.VMState) virt.VM {
	t.Helper()
	vm, err := s.conn.VMState(ref.ID)
	if err != nil {
		t.Fatal(err)
	}
	row := s.row(t, ref)
	if vm.State != want || row.State != want {
		t.Fatalf("state is %s, and %s in the inventory; want %s", vm.State, row.State, want)
	}
	if vm.Persistent != row.Persistent || vm.Autostart != row.Autostart || vm.Saved != row.Saved || vm.Name != row.Name || row.Host != "here" {
		t.Fatalf("the inventory says %+v, the VM %+v", row, vm)
	}
	return vm
}

func (s suite) row(t *testing.T, ref virt.Ref) virt.VM {
	t.Helper()
	vms, err := s.conn.Inventory()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(vms, func(vm virt.VM) bool { return vm.ID == ref.ID })
	if i < 0 {
		t.Fatalf("%s is not in the inventory", ref)
	}
	return vms[i]
}

func open(t *testing.T, uri string) (*hypervisor.Conn, *listener) {
	t.Helper()
	news := &listener{heard: make(chan struct{}, 1)}
	conn, err := hypervisor.Open(uri, hypervisor.Options{
		Host: "here", KeepAlive: time.Second, OnEvent: news.hear, OnClose: news.lost,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, conn.Close()) })
	return conn, news
}

// A listener collects the news of a connection.
type listener struct {
	heard chan struct{} // capacity 1

	mu     sync.Mutex
	events []virt.Event
	reason string
}

func (l *listener) hear(ev virt.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, ev)
	l.poke()
}

func (l *listener) lost(reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reason = reason
	l.poke()
}

func (l *listener) poke() {
	select {
	case l.heard <- struct{}{}:
	default:
	}
}

// within waits until an event satisfies found and takes everything up to it.
func (l *listener) within(t *testing.T, limit time.Duration, what string, found func(virt.Event) bool) {
	t.Helper()
	l.await(t, limit, what, func() bool {
		i := slices.IndexFunc(l.events, found)
		if i >= 0 {
			l.events = l.events[i+1:]
		}
		return i >= 0
	})
}

func (l *listener) await(t *testing.T, limit time.Duration, what string, true func() bool) {
	t.Helper()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		l.mu.Lock()
		ok := true()
		seen := slices.Clone(l.events)
		l.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-l.heard:
		case <-timer.C:
			t.Fatalf("no news of %s within %s; heard %+v", what, limit, seen)
		}
	}
}

// promptly is how soon news must be there after the call that caused it.
const promptly = 200 * time.Millisecond

func (l *listener) wants(t *testing.T, ref virt.Ref, kind virt.EventKind, state virt.VMState, detail string) {
	t.Helper()
	l.within(t, promptly, string(kind)+" "+detail, func(ev virt.Event) bool {
		return ev.Kind == kind && ev.Ref.Same(ref) && ev.State == state && ev.Detail == detail && ev.Ref.Name == ref.Name && !ev.Time.IsZero()
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (%s)", err, virt.KindOf(err))
	}
}

func wantKind(t *testing.T, err error, want virt.ErrorKind) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error is %v (%s), want %s", err, virt.KindOf(err), want)
	}
}

// eventually asks until the answer is yes.
func eventually(t *testing.T, limit time.Duration, what string, yes func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not within %s: %s", limit, what)
		}
	}
}
