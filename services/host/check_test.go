package host_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// A check is what Check finds about a host, by ID.
type check struct {
	t     *testing.T
	svc   *services.Services
	ctx   context.Context // the test's
	host  virt.HostID
	found map[string]virt.Check
}

func newCheck(t *testing.T, uri string) *check {
	t.Helper()
	c := &check{t: t}
	c.svc, c.ctx = virttest.OpenURI(t, uri)
	ids, err := c.svc.Hosts.IDs(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	c.host = ids[0]
	c.again()
	return c
}

func (c *check) again() {
	c.t.Helper()
	all, err := c.svc.Hosts.Check(c.ctx, c.host)
	if err != nil {
		c.t.Fatal(err)
	}
	c.found = map[string]virt.Check{}
	for _, one := range all {
		if _, twice := c.found[one.ID]; twice || one.ID == "" || one.Title == "" || one.Cause == "" {
			c.t.Errorf("a finding is not whole: %+v", one)
		}
		if one.Problem() && one.Remedy == "" {
			c.t.Errorf("nothing is said to do: %+v", one)
		}
		c.found[one.ID] = one
	}
}

func (c *check) want(id string, status virt.CheckStatus, says string) virt.Check {
	c.t.Helper()
	one, found := c.found[id]
	if !found || one.Status != status || !strings.Contains(one.Cause, says) {
		c.t.Errorf("%s: %+v, want %s and %q", id, one, status, says)
	}
	return one
}

func (c *check) fix(id string) {
	c.t.Helper()
	if one := c.found[id]; !one.Fixable {
		c.t.Errorf("%s is not fixable: %+v", id, one)
	}
	if err := c.svc.Hosts.Fix(c.ctx, c.host, id); err != nil {
		c.t.Errorf("fix %s: %v", id, err)
	}
	virttest.WantAudit(c.t, c.svc, c.ctx, virt.FixHost, "done")
	c.again()
}

func TestTheDefaultNetworkIsMadeStartedAndKept(t *testing.T) {
	d := virttest.Libvirtd(t)
	c := newCheck(t, d.URI)
	c.want("connection", virt.CheckOK, "libvirt ")
	c.want("daemon", virt.CheckOK, "")
	c.want("emulator", virt.CheckOK, "QEMU ")
	c.want("default-network", virt.CheckWarn, "stopped")
	c.fix("default-network")
	c.want("default-network", virt.CheckOK, "")

	conn, err := hypervisor.Open(d.URI, hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	n, err := conn.NetworkByName("default")
	if err != nil || !n.Active || !n.Autostart {
		t.Errorf("the network is %+v (%v)", n, err)
	}
	if err := conn.SetNetworkAutostart(n.ID, false); err != nil {
		t.Fatal(err)
	}
	c.again()
	c.want("default-network", virt.CheckWarn, "after the next boot")
	if err := errors.Join(conn.StopNetwork(n.ID), conn.UndefineNetwork(n.ID)); err != nil {
		t.Fatal(err)
	}
	c.again()
	c.want("default-network", virt.CheckWarn, "There is none")
	c.fix("default-network")
	c.want("default-network", virt.CheckOK, "")
}

func TestSeveralFixesAtOnceMakeOneDefaultNetwork(t *testing.T) {
	d := virttest.Libvirtd(t)
	conn, err := hypervisor.Open(d.URI, hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	n, err := conn.NetworkByName("default")
	if err == nil {
		err = conn.UndefineNetwork(n.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	c := newCheck(t, d.URI)
	failed := make(chan error, 6)
	for range cap(failed) {
		go func() { failed <- c.svc.Hosts.Fix(c.ctx, c.host, "default-network") }()
	}
	for range cap(failed) {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if n, err := conn.NetworkByName("default"); err != nil || !n.Active || !n.Autostart {
		t.Errorf("the network is %+v (%v)", n, err)
	}
}

func TestAFixThatFailsHalfWayIsTakenBackAndTheAuditLogSaysWhatOthersChanged(t *testing.T) {
	d := virttest.Libvirtd(t)
	conn, err := hypervisor.Open(d.URI, hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	c := newCheck(t, d.URI)
	links := filepath.Join(d.Dir, "etc/qemu/networks/autostart") // where libvirt notes what starts by itself
	if err := os.RemoveAll(links); err != nil {
		t.Fatal(err)
	}
	write(t, links, "in the way")
	if err := c.svc.Hosts.Fix(c.ctx, c.host, "default-network"); err == nil {
		t.Error("it is said to be mended")
	}
	virttest.WantAudit(t, c.svc, c.ctx, virt.FixHost, "failed")
	if n, err := conn.NetworkByName("default"); err != nil || n.Active || n.Autostart {
		t.Errorf("the network is %+v (%v)", n, err)
	}
	if err := os.Remove(links); err != nil {
		t.Fatal(err)
	}
	c.again()
	c.fix("default-network")
	rows, err := c.svc.Operations.Audit(c.ctx, virt.AuditFilter{})
	if err != nil || !strings.Contains(rows[len(rows)-1].Diff, "-active: false\n-autostart: false\n+active: true\n+autostart: true\n") {
		t.Errorf("the audit log has %+v, %v", rows, err)
	}
}

func TestAStoppedDefaultPoolIsStarted(t *testing.T) {
	d := virttest.Libvirtd(t)
	conn, err := hypervisor.Open(d.URI, hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.DefinePool("<pool type='dir'><name>default</name><target><path>" + d.Small + "</path></target></pool>"); err != nil {
		t.Fatal(err)
	}
	c := newCheck(t, d.URI)
	c.want("default-pool", virt.CheckWarn, "stopped")
	c.fix("default-pool")
	c.want("default-pool", virt.CheckOK, d.Small)
	c.want("disk-space", virt.CheckFail, "stop when they write") // four MiB
}

func TestAHostThatDoesNotAnswerIsCheckedByItsFiles(t *testing.T) {
	c := newCheck(t, "qemu+unix:///system?socket="+filepath.Join(t.TempDir(), "none"))
	if one := c.want("connection", virt.CheckFail, "No libvirt daemon listens"); one.Title != "libvirt does not answer" {
		t.Errorf("the title is %q", one.Title)
	}
	if one := c.want("daemon", virt.CheckFail, ""); one.Command == "" {
		t.Errorf("no command: %+v", one)
	}
	c.want("default-network", virt.CheckSkipped, "has to answer first")
	c.want("emulator", virt.CheckOK, "/")
	c.want("tpm", c.found["tpm"].Status, "swtpm")
	if err := c.svc.Hosts.Fix(c.ctx, c.host, "default-network"); !errors.Is(err, virt.ErrUnavailable) {
		t.Errorf("a fix of a silent host: %v", err)
	}
}

func TestOnlyLibvirtIsAskedAboutAnotherComputer(t *testing.T) {
	c := newCheck(t, "qemu+tcp://127.0.0.1:1/system")
	c.want("connection", virt.CheckFail, "nothing listens")
	for _, id := range []string{"daemon", "group", "kvm-access", "virtiofsd", "dnsmasq", "denials", "clock"} {
		c.want(id, virt.CheckSkipped, "own files")
	}
	for _, id := range []string{"kvm", "emulator", "default-network"} {
		c.want(id, virt.CheckSkipped, "answer first")
	}
}

func TestTheEmbeddedDriverNeedsNoDaemon(t *testing.T) {
	c := newCheck(t, virttest.EmbedURI(t))
	c.want("connection", virt.CheckOK, "QEMU")
	c.want("daemon", virt.CheckSkipped, "without a daemon")
	c.want("default-network", virt.CheckSkipped, "")
	c.want("default-pool", virt.CheckSkipped, "no pools")
	c.want("emulator", virt.CheckOK, "")
}

func TestTheTestDriverIsNotJudgedByThisComputer(t *testing.T) {
	c := newCheck(t, virttest.TestHost(t, "empty.xml"))
	c.want("connection", virt.CheckOK, "")
	for _, id := range []string{"kvm", "clock", "disk-space"} {
		c.want(id, virt.CheckSkipped, "test driver")
	}
}

func TestWhatCannotBeMendedIsRefused(t *testing.T) {
	c := newCheck(t, virttest.TestHost(t, "empty.xml"))
	if err := c.svc.Hosts.Fix(c.ctx, c.host, "clock"); !errors.Is(err, virt.ErrUnsupported) || virt.HintOf(err) == "" {
		t.Errorf("mend the clock: %v", err)
	}
	virttest.WantAudit(t, c.svc, c.ctx, virt.FixHost, "failed")
	viewer := virt.WithActor(c.ctx, virt.Actor{Name: "bob", Via: "cli", Role: virt.RoleViewer})
	if err := c.svc.Hosts.Fix(viewer, c.host, "default-network"); !errors.Is(err, virt.ErrForbidden) {
		t.Errorf("a viewer mends: %v", err)
	}
	if _, err := c.svc.Hosts.Check(viewer, c.host); err != nil {
		t.Errorf("a viewer looks: %v", err)
	}
}
