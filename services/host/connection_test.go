package host_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// patience is how long a test waits for what must happen, on a busy machine.
const patience = 2 * time.Minute

func TestMain(m *testing.M) { os.Exit(virttest.Main(m)) }

// A keeper is the services over the shared daemon, and their news.
type keeper struct {
	t      *testing.T
	daemon *virttest.Daemon
	svc    *services.Services
	ctx    context.Context
	host   virt.HostID
	news   <-chan virt.Event
}

func newKeeper(t *testing.T) *keeper {
	t.Helper()
	k := &keeper{t: t, daemon: virttest.SharedLibvirtd(t)}
	k.svc, k.ctx = virttest.OpenURI(t, k.daemon.URI)
	var cancel, stop func()
	k.ctx, cancel = context.WithTimeout(k.ctx, patience)
	t.Cleanup(cancel)
	k.news, stop = k.svc.Watch()
	t.Cleanup(stop)
	k.host = virttest.Host(t, k.svc, k.ctx)
	return k
}

func (k *keeper) state() virt.Host {
	k.t.Helper()
	hosts, err := k.svc.Hosts.List(k.ctx)
	if err != nil || len(hosts) == 0 {
		k.t.Fatalf("%d hosts, %v", len(hosts), err)
	}
	return hosts[0]
}

// until waits for news of the host after which it is in the state, and returns
// how long that took.
func (k *keeper) until(want virt.HostState) time.Duration {
	k.t.Helper()
	begin := time.Now()
	for k.state().State != want {
		select {
		case <-k.news:
		case <-k.ctx.Done():
			k.t.Fatalf("the host is %s, want %s", k.state().State, want)
		}
	}
	return time.Since(begin)
}

// resynced waits for the news that all must be loaded again.
func (k *keeper) resynced() {
	k.t.Helper()
	for {
		select {
		case ev := <-k.news:
			if ev.Kind == virt.Resync && ev.Ref.Host == k.host {
				return
			}
		case <-k.ctx.Done():
			k.t.Fatal("nobody said that all must be loaded again")
		}
	}
}

// told waits for the news that the host is in the state.
func (k *keeper) told(want virt.HostState) {
	k.t.Helper()
	for {
		select {
		case ev := <-k.news:
			if ev.Kind == virt.HostChanged && ev.Ref.Host == k.host && ev.Detail == string(want) {
				return
			}
		case <-k.ctx.Done():
			k.t.Fatalf("nobody said that the host is %s", want)
		}
	}
}

// drain forgets the news so far.
func (k *keeper) drain() {
	for {
		select {
		case <-k.news:
		default:
			return
		}
	}
}

func TestADaemonThatDiesIsOfflineAtOnceAndConnectedAgainSoon(t *testing.T) {
	k := newKeeper(t)
	k.drain()
	k.daemon.Kill(t)
	took := k.until(virt.HostOffline)
	t.Logf("offline %v after the kill", took.Round(time.Millisecond))
	if took > 5*time.Second {
		t.Error("that is not at once")
	}
	down := k.state()
	if down.Problem == "" || down.Hint == "" || !down.Retry.After(down.Since) {
		t.Errorf("it says %+v", down)
	}
	if _, err := k.svc.VMs.List(k.ctx, k.host); !errors.Is(err, virt.ErrUnavailable) || virt.HintOf(err) == "" {
		t.Errorf("a list of an offline host: %v, hint %q", err, virt.HintOf(err))
	}
	k.drain()
	k.daemon.Restart(t)
	back := time.Now()
	k.told(virt.HostConnected)
	k.resynced()
	took = time.Since(back)
	t.Logf("connected %v after the restart", took.Round(time.Millisecond))
	if took > 5*time.Second {
		t.Error("that is not soon")
	}
	if up := k.state(); up.Problem != "" || up.Hint != "" || !up.Retry.IsZero() {
		t.Errorf("it still says %+v", up)
	}
	if _, err := k.svc.VMs.List(k.ctx, k.host); err != nil {
		t.Error(err)
	}
}

func TestADaemonThatHangsIsSlowAndKeepsNobody(t *testing.T) {
	k := newKeeper(t)
	k.drain()
	k.daemon.Stop(t)
	stopped := true
	t.Cleanup(func() {
		if stopped {
			k.daemon.Cont(t)
		}
	})
	limited, cancel := context.WithTimeout(k.ctx, 3*time.Second)
	defer cancel()
	begin := time.Now()
	answered := make(chan error, 1)
	go func() {
		_, err := k.svc.VMs.List(limited, k.host)
		answered <- err
	}()
	took := k.until(virt.HostSlow)
	t.Logf("slow after %v", took.Round(time.Millisecond))
	if took < 1900*time.Millisecond || took > 10*time.Second {
		t.Errorf("want two seconds")
	}
	if err := <-answered; !errors.Is(err, virt.ErrTimeout) {
		t.Errorf("the call that waited: %v, want %v", err, virt.ErrTimeout)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it waited %v", took)
	}
	begin = time.Now()
	if hosts, err := k.svc.Hosts.List(k.ctx); err != nil || len(hosts) != 1 || time.Since(begin) > time.Second {
		t.Errorf("a list of the hosts: %v, %v after %v", hosts, err, time.Since(begin))
	}
	k.daemon.Cont(t)
	stopped = false
	took = k.until(virt.HostConnected)
	t.Logf("connected again after %v", took.Round(time.Millisecond))
}

func TestCloseNeverWaitsForADaemonThatHangs(t *testing.T) {
	d := virttest.SharedLibvirtd(t)
	for what, prepare := range map[string]func(context.Context, *services.Services){
		"connected": func(ctx context.Context, s *services.Services) {
			virttest.Host(t, s, ctx)
			d.Stop(t)
		},
		"connecting": func(context.Context, *services.Services) {},
		"in a call": func(ctx context.Context, s *services.Services) {
			id := virttest.Host(t, s, ctx)
			d.Stop(t)
			ended := make(chan struct{})
			limited, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			defer cancel()
			go func() {
				defer close(ended)
				_, _ = s.VMs.List(limited, id)
			}()
			<-ended
		},
	} {
		t.Run(what, func(t *testing.T) {
			if what == "connecting" {
				d.Stop(t)
			}
			ctx := virt.WithActor(context.Background(), virt.Actor{Name: "ada", Via: "test", Role: virt.RoleAdmin})
			s, err := services.Open(ctx, services.Options{Dirs: virttest.Dirs(t), Hosts: []string{d.URI}})
			if err != nil {
				t.Fatal(err)
			}
			prepare(ctx, s)
			begin := time.Now()
			err = s.Close()
			took := time.Since(begin)
			d.Cont(t)
			t.Logf("closed after %v", took.Round(time.Millisecond))
			if err != nil || took > 5*time.Second {
				t.Errorf("closing took %v, %v", took, err)
			}
		})
	}
}

func TestAWrongURIIsOfflineWithAHintAndTriedLessOften(t *testing.T) {
	svc, ctx := virttest.OpenURI(t, "qemu+unix:///system?socket=/no/such/socket")
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	news, stop := svc.Watch()
	defer stop()
	ids, err := svc.Hosts.IDs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := svc.Hosts.Wait(ctx, ids[0]); !errors.Is(err, virt.ErrUnavailable) || virt.HintOf(err) == "" {
		t.Fatalf("wait: %v, hint %q", err, virt.HintOf(err))
	}
	var pauses []time.Duration
	for len(pauses) < 3 {
		select {
		case <-news:
		case <-ctx.Done():
			t.Fatal("it is not tried again")
		}
		hosts, err := svc.Hosts.List(ctx)
		if err != nil || hosts[0].State != virt.HostOffline || hosts[0].Hint == "" {
			t.Fatalf("the host is %+v, %v", hosts, err)
		}
		pause := time.Until(hosts[0].Retry)
		if len(pauses) == 0 || pause > pauses[len(pauses)-1] {
			pauses = append(pauses, pause)
		}
	}
	t.Logf("pauses: %v", pauses)
}

func TestRetryDoesNotWaitForItsTurn(t *testing.T) {
	k := newKeeper(t)
	due := k.backInAPause()
	for time.Until(due) < time.Second { // a busy computer took its time to start the daemon
		k.until(virt.HostConnected)
		due = k.backInAPause()
	}
	if err := k.svc.Hosts.Retry(k.ctx, k.host); err != nil {
		t.Fatal(err)
	}
	k.until(virt.HostConnected)
	if time.Now().After(due) {
		t.Error("it waited for its turn")
	}
}

// backInAPause kills the daemon and has it back in a long pause between two
// attempts to reach it. It returns when the next one is due.
func (k *keeper) backInAPause() time.Time {
	k.t.Helper()
	k.daemon.Kill(k.t)
	k.until(virt.HostOffline)
	for time.Until(k.state().Retry) < 2*time.Second {
		select {
		case <-k.news:
		case <-k.ctx.Done():
			k.t.Fatal("it is not tried again")
		}
	}
	k.daemon.Restart(k.t)
	return k.state().Retry
}
