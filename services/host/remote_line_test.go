package host_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// twoHosts are a desk with the host "lab" over SSH and one beside it.
func twoHosts(t *testing.T) (d *desk, line *virttest.Line, beside virt.HostID) {
	t.Helper()
	r := virttest.SharedRemote(t)
	line = lineTo(t, r.SSH)
	d = newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	if err := d.connect(overSSH(r, line)); err != nil {
		t.Fatal(err)
	}
	beside, err := d.svc.Hosts.Add(d.ctx, virttest.SharedLibvirtd(t).URI)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.svc.Hosts.Wait(d.ctx, beside); err != nil {
		t.Fatal(err)
	}
	return d, line, beside
}

// undisturbed fails the test when the host answers slowly while work runs.
func (d *desk) undisturbed(host virt.HostID, work func()) {
	d.t.Helper()
	if _, err := d.svc.VMs.List(d.ctx, host); err != nil { // the first one takes as long as connecting
		d.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		work()
	}()
	worst, calls := time.Duration(0), 0
	for {
		select {
		case <-ended:
			d.t.Logf("%d calls beside, the slowest %v", calls, worst.Round(time.Millisecond))
			if worst > 2*time.Second {
				d.t.Errorf("a call beside took %v", worst)
			}
			return
		default:
		}
		begin := time.Now()
		if _, err := d.svc.VMs.List(d.ctx, host); err != nil {
			d.t.Errorf("a call beside: %v", err)
		}
		worst, calls = max(worst, time.Since(begin)), calls+1
	}
}

func TestACutLineIsOfflineAtOnceAndMendsItselfWhileOthersGoOn(t *testing.T) {
	d, line, beside := twoHosts(t)
	d.undisturbed(beside, func() {
		begin := time.Now()
		line.Cut()
		d.until("lab", virt.HostOffline)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("offline after %v", took)
		}
		begin = time.Now()
		line.Mend()
		d.until("lab", virt.HostConnected)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("connected again after %v", took)
		}
	})
	if _, err := d.svc.VMs.List(d.ctx, "lab"); err != nil {
		t.Error(err)
	}
}

func TestAHalfOpenLineIsNoticedAndKeepsNobody(t *testing.T) {
	d, line, beside := twoHosts(t)
	line.Freeze()
	d.undisturbed(beside, func() {
		limited, cancel := context.WithTimeout(d.ctx, time.Second)
		defer cancel()
		if _, err := d.svc.VMs.List(limited, "lab"); !errors.Is(err, virt.ErrTimeout) {
			t.Errorf("a call over the frozen line: %v", err)
		}
		begin := time.Now()
		d.until("lab", virt.HostOffline)
		t.Logf("offline after %v", time.Since(begin).Round(time.Millisecond))
		if took := time.Since(begin); took > 30*time.Second {
			t.Errorf("offline after %v, want keepalive's 15 to 20 seconds", took)
		}
	})
	line.Cut() // what hangs in it is lost
	line.Thaw()
	line.Mend()
	if err := d.svc.Hosts.Retry(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	d.until("lab", virt.HostConnected)
}

func TestASlowLineIsSlowAndNothingElseIs(t *testing.T) {
	d, line, beside := twoHosts(t)
	line.Slow(2200 * time.Millisecond)
	d.undisturbed(beside, func() {
		limited, cancel := context.WithTimeout(d.ctx, time.Minute)
		defer cancel()
		answered := make(chan error, 1)
		go func() {
			_, err := d.svc.VMs.List(limited, "lab")
			answered <- err
		}()
		d.until("lab", virt.HostSlow)
		line.Slow(0)
		if err := <-answered; err != nil {
			t.Error(err)
		}
		d.until("lab", virt.HostConnected)
	})
}

func TestAConnectionToAComputerThatIsSilentCanBeGivenUpAtOnce(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	line.Freeze()
	d := newDesk(t, nil)
	for _, h := range []virt.SavedHost{overSSH(r, line), overTLS(r, line)} {
		h.Name = virt.HostID(h.Transport)
		if err := d.svc.Hosts.Save(d.ctx, "", h); err != nil {
			t.Fatal(err)
		}
		if err := d.svc.Hosts.Connect(d.ctx, h.Name); err != nil {
			t.Fatal(err)
		}
		limited, cancel := context.WithTimeout(d.ctx, 200*time.Millisecond)
		if err := d.svc.Hosts.Wait(limited, h.Name); !errors.Is(err, virt.ErrTimeout) {
			t.Errorf("%s: waiting ended with %v", h.Name, err)
		}
		cancel()
		limited, cancel = context.WithTimeout(d.ctx, 200*time.Millisecond)
		begin := time.Now()
		if _, err := d.svc.Hosts.Test(limited, h, nil); !errors.Is(err, virt.ErrTimeout) {
			t.Errorf("%s: the test ended with %v", h.Name, err)
		}
		cancel()
		if took := time.Since(begin); took > 3*time.Second {
			t.Errorf("%s: the test took %v", h.Name, took)
		}
	}
	begin := time.Now()
	if err := d.svc.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("closing took %v", took)
	}
}

func TestAURIOfOnesOwnDoesNotWaitForAComputerThatRefuses(t *testing.T) {
	d := newDesk(t, nil)
	for _, uri := range []string{"qemu+tls://127.0.0.1:%d/system?no_verify=1", "qemu://127.0.0.1:%d/system?no_verify=1", "qemu+tcp://127.0.0.1:%d/system?mode=legacy"} {
		h := virt.SavedHost{Name: "own", Transport: virt.TransportURI, Custom: fmt.Sprintf(uri, deadPort(t))}
		if _, err := d.svc.Hosts.Test(d.ctx, h, nil); !errors.Is(err, virt.ErrUnavailable) || !strings.Contains(err.Error(), "nothing listens") {
			t.Errorf("%s: %v", h.Custom, err)
		}
	}
}

func TestARemoteDaemonThatDiesOrHangsIsSeenThroughSSH(t *testing.T) {
	r := virttest.RemoteHost(t)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	if err := d.connect(overSSH(r, r.SSH)); err != nil {
		t.Fatal(err)
	}
	r.Kill(t)
	d.until("lab", virt.HostOffline)
	if _, err := d.svc.VMs.List(d.ctx, "lab"); !errors.Is(err, virt.ErrUnavailable) || virt.HintOf(err) == "" {
		t.Errorf("a call: %v (%s)", err, virt.HintOf(err))
	}
	r.Restart(t)
	d.until("lab", virt.HostConnected)
	r.Stop(t)
	limited, cancel := context.WithTimeout(d.ctx, 3*time.Second)
	defer cancel()
	if _, err := d.svc.VMs.List(limited, "lab"); !errors.Is(err, virt.ErrTimeout) {
		t.Errorf("a call to a daemon that hangs: %v", err)
	}
	d.until("lab", virt.HostSlow)
	r.Cont(t)
	d.until("lab", virt.HostConnected)
}
