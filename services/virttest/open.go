package virttest

import (
	"context"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Open returns the services over a private test:/// host with the node file of
// testdata, and a context whose actor may do everything.
func Open(t testing.TB, file string) (*services.Services, context.Context) {
	t.Helper()
	return OpenURI(t, TestHost(t, file))
}

// OpenURI returns the services over the hosts of the URIs, with files of their
// own, and a context whose actor may do everything. They close with the test.
func OpenURI(t testing.TB, uris ...string) (*services.Services, context.Context) {
	t.Helper()
	return OpenIn(t, Dirs(t), uris...)
}

// OpenIn is OpenURI with the files of another opening.
func OpenIn(t testing.TB, dirs storage.Dirs, uris ...string) (*services.Services, context.Context) {
	t.Helper()
	admin := virt.WithActor(context.Background(), virt.Actor{Name: "ada", Via: "test", Role: virt.RoleAdmin})
	s, err := services.Open(admin, services.Options{Dirs: dirs, Hosts: uris})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the services: %v", err)
		}
	})
	return s, admin
}

// Dirs are directories that end with the test. The cache is shared by all tests
// of a run, because the tiny machine's download is large.
func Dirs(t testing.TB) storage.Dirs {
	t.Helper()
	dir := t.TempDir()
	return storage.Dirs{
		Config: dir + "/config", Data: dir + "/data", State: dir + "/state",
		Cache: storage.DefaultDirs().Cache, Runtime: dir + "/run",
	}
}

// Host returns the first host's name, once it has been reached.
func Host(t testing.TB, s *services.Services, ctx context.Context) virt.HostID { //nolint:revive // t comes first in tests
	t.Helper()
	ids, err := s.Hosts.IDs(ctx)
	if err == nil {
		err = s.Hosts.Wait(ctx, ids[0])
	}
	if err != nil {
		t.Fatal(err)
	}
	return ids[0]
}

// Only returns the one VM of the first host.
func Only(t testing.TB, s *services.Services, ctx context.Context) virt.VM { //nolint:revive // as Host
	t.Helper()
	vms, err := s.VMs.List(ctx, Host(t, s, ctx))
	if err != nil {
		t.Fatal(err)
	}
	if len(vms) != 1 {
		t.Fatalf("the host has %d VMs, want one", len(vms))
	}
	return vms[0]
}

// WantAudit fails the test unless the newest row of the audit log that is about
// the action has the result. A row whose operation is just ending is waited for.
func WantAudit(t testing.TB, s *services.Services, ctx context.Context, action virt.Action, result string) { //nolint:revive // as Host
	t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		row, found := newestAudit(t, s, ctx, action)
		switch {
		case !found:
			t.Errorf("the audit log has no row of %s", action)
			return
		case row.Result == result:
			return
		case row.Result != "":
			t.Errorf("the audit log says %q of %s, want %q", row.Result, action, result)
			return
		}
		select {
		case <-again.C:
		case <-deadline.C:
			t.Errorf("the audit log's row of %s stays open, want %q", action, result)
			return
		}
	}
}

func newestAudit(t testing.TB, s *services.Services, ctx context.Context, action virt.Action) (virt.AuditRow, bool) { //nolint:revive // as Host
	t.Helper()
	rows, err := s.Operations.Audit(ctx, virt.AuditFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for i := len(rows) - 1; i >= 0; i-- {
		if rows[i].Action == action {
			return rows[i], true
		}
	}
	return virt.AuditRow{}, false
}
