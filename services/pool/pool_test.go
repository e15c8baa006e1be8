package pool_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestMain(m *testing.M) { os.Exit(virttest.Main(m)) }

// storeroom is a host of libvirt's test driver with the stopped pools attic and
// cellar, and the pool default, which holds the disk of the machine web.
func storeroom(t *testing.T) (*services.Services, context.Context, virt.HostID) {
	t.Helper()
	path := virttest.TestHostXML(t, "one-running-vm.xml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	more := ""
	for _, name := range []string{"cellar", "attic"} {
		more += fmt.Sprintf("<pool type='dir'><name>%s</name><target><path>/%s</path></target></pool>", name, name)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "</node>", more+"</node>", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	svc, ctx := virttest.OpenURI(t, "test://"+path)
	id := virttest.Host(t, svc, ctx)
	for _, name := range []string{"cellar", "attic"} { // the driver starts what it finds in its file
		p, err := svc.Pools.Find(ctx, id, name)
		if err == nil {
			err = svc.Pools.Stop(ctx, p.Ref())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return svc, ctx, id
}

func wantKind(t *testing.T, what string, err error, kind virt.ErrorKind) {
	t.Helper()
	if virt.KindOf(err) != kind || kind != "" && virt.HintOf(err) == "" {
		t.Errorf("%s: %v (hint %q), want %q with a hint", what, err, virt.HintOf(err), kind)
	}
}

func TestPoolsAreByNameAndFoundByNameAndUUID(t *testing.T) {
	svc, ctx, id := storeroom(t)
	pools, err := svc.Pools.List(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range pools {
		names = append(names, fmt.Sprint(p.Name, " ", p.Active))
		for _, word := range []string{p.Name, p.ID, "uuid:" + p.ID} {
			if found, err := svc.Pools.Find(ctx, id, word); err != nil || found.ID != p.ID || found.Host != id {
				t.Errorf("%s finds %+v, %v", word, found, err)
			}
		}
	}
	if want := []string{"attic false", "cellar false", "default true"}; !slices.Equal(names, want) {
		t.Errorf("the pools are %q, want %q", names, want)
	}
	_, err = svc.Pools.Find(ctx, id, "nowhere")
	wantKind(t, "a pool that is not there", err, virt.KindNotFound)
	_, err = svc.Pools.Find(ctx, "nobody", "default")
	wantKind(t, "a host that is not there", err, virt.KindNotFound)
}

func TestAPoolThatIsSoAlreadyOrIsGoneIsRefused(t *testing.T) {
	svc, ctx, id := storeroom(t)
	attic, err := svc.Pools.Find(ctx, id, "attic")
	if err != nil {
		t.Fatal(err)
	}
	gone := attic.Ref()
	gone.ID = "00000000-0000-4000-8000-000000000000"
	for _, c := range []struct {
		what string
		do   func(context.Context, virt.Ref) error
		pool virt.Ref
		kind virt.ErrorKind
	}{
		{"stop a stopped pool", svc.Pools.Stop, attic.Ref(), virt.KindState},
		{"refresh a stopped pool", svc.Pools.Refresh, attic.Ref(), virt.KindState},
		{"start it", svc.Pools.Start, attic.Ref(), ""},
		{"start it twice", svc.Pools.Start, attic.Ref(), virt.KindState},
		{"stop it", svc.Pools.Stop, attic.Ref(), ""},
		{"start one that is gone", svc.Pools.Start, gone, virt.KindNotFound},
		{"stop one that is gone", svc.Pools.Stop, gone, virt.KindNotFound},
	} {
		if err := c.do(ctx, c.pool); virt.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %q", c.what, err, c.kind)
		}
	}
	if now, err := svc.Pools.Find(ctx, id, "attic"); err != nil || now.Active {
		t.Errorf("at the end it is %+v, %v", now, err)
	}
}

func TestWhoMayDoWhatToPools(t *testing.T) {
	svc, ctx, id := storeroom(t)
	p, err := svc.Pools.Find(ctx, id, "default")
	if err != nil {
		t.Fatal(err)
	}
	acts := map[virt.Action]func(context.Context) error{
		virt.StartPool:     func(ctx context.Context) error { return svc.Pools.Start(ctx, p.Ref()) },
		virt.StopPool:      func(ctx context.Context) error { return svc.Pools.Stop(ctx, p.Ref()) },
		virt.AutostartPool: func(ctx context.Context) error { return svc.Pools.SetAutostart(ctx, p.Ref(), true) },
		virt.RefreshPool:   func(ctx context.Context) error { return svc.Pools.Refresh(ctx, p.Ref()) },
		virt.DeleteVolume:  func(ctx context.Context) error { return svc.Pools.DeleteVolume(ctx, id, "default", "web.img") },
		virt.CreateVolume: func(ctx context.Context) error {
			_, err := svc.Pools.CreateVolume(ctx, id, virt.VolumeSpec{Pool: "default", Name: "more.img", Size: 1 << 20})
			return err
		},
	}
	for action, act := range acts {
		for role, may := range map[virt.Role]bool{virt.RoleViewer: false, virt.RoleOperator: action == virt.RefreshPool} {
			err := act(virt.WithActor(ctx, virt.Actor{Name: "otto", Via: "test", Role: role}))
			if may && err != nil || !may && !errors.Is(err, virt.ErrForbidden) {
				t.Errorf("%s by a %s: %v", action, role, err)
			}
			if !may {
				virttest.WantAudit(t, svc, ctx, action, "refused")
			}
		}
	}
	if now, err := svc.Pools.Find(ctx, id, "default"); err != nil || !now.Active || now.Autostart != p.Autostart {
		t.Errorf("the pool is %+v by now, %v", now, err)
	}
}

func TestAVolumeThatIsUsedGoneOrOutOfReachIsNotDeleted(t *testing.T) {
	svc, ctx, id := storeroom(t)
	err := svc.Pools.DeleteVolume(ctx, id, "default", "web.img")
	wantKind(t, "one that web uses", err, virt.KindState)
	if err == nil || !strings.Contains(err.Error(), "default/web.img is used by web") {
		t.Errorf("it says %v", err)
	}
	for what, c := range map[string]struct {
		pool, name string
		kind       virt.ErrorKind
	}{
		"one that is not there":    {"default", "nothing.img", virt.KindNotFound},
		"a pool that is not there": {"nowhere", "web.img", virt.KindNotFound},
		"one of a stopped pool":    {"attic", "web.img", virt.KindState},
	} {
		if err := svc.Pools.DeleteVolume(ctx, id, c.pool, c.name); virt.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %q", what, err, c.kind)
		}
	}
	volumes, err := svc.Pools.Volumes(ctx, id, "default")
	if err != nil || len(volumes) != 1 {
		t.Errorf("there are %+v, %v", volumes, err)
	}
	_, err = svc.Pools.Volumes(ctx, id, "attic")
	if virt.KindOf(err) != virt.KindState {
		t.Errorf("the volumes of a stopped pool: %v", err)
	}
}

func TestARefreshFindsWhatCameAndWentByOtherHands(t *testing.T) {
	d := virttest.SharedLibvirtd(t)
	dir := directoryPool(t, d, "shelf")
	svc, ctx := virttest.OpenURI(t, d.URI)
	id := virttest.Host(t, svc, ctx)
	for _, name := range []string{"b", "a"} {
		if _, err := svc.Pools.CreateVolume(ctx, id, virt.VolumeSpec{Pool: "shelf", Name: name, Size: 1 << 20}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "c")); err != nil {
		t.Fatal(err)
	}
	names := func() (all string) {
		t.Helper()
		volumes, err := svc.Pools.Volumes(ctx, id, "shelf")
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range volumes {
			all += v.Name + " "
		}
		return all
	}
	if got := names(); got != "b " { // what went is seen, what came is not
		t.Errorf("before the refresh there are %s", got)
	}
	p, err := svc.Pools.Find(ctx, id, "shelf")
	if err == nil {
		err = svc.Pools.Refresh(ctx, p.Ref())
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := names(); got != "b c " {
		t.Errorf("after it there are %s", got)
	}
	virttest.WantAudit(t, svc, ctx, virt.RefreshPool, "done")
}

// directoryPool makes and starts a pool of a directory that both sides see; it
// goes with the test.
func directoryPool(t *testing.T, d *virttest.Daemon, name string) (dir string) {
	t.Helper()
	dir, err := os.MkdirTemp(d.Dir, name+"-")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := hypervisor.Open(d.URI, hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := conn.DefinePool(fmt.Sprintf("<pool type='dir'><name>%s</name><target><path>%s</path></target></pool>", name, dir))
	if err == nil {
		err = conn.StartPool(p.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(conn.StopPool(p.ID), conn.UndefinePool(p.ID), conn.Close()); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestAPoolWithoutRoomTakesNoVolumeAndKeepsNothingOfIt(t *testing.T) {
	d := virttest.Libvirtd(t)
	d.SmallPool(t)
	conn, err := hypervisor.Open(d.URI, hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	room := func() uint64 {
		t.Helper()
		p, err := conn.PoolByName("default")
		if err == nil {
			err = conn.RefreshPool(p.ID)
		}
		if err == nil {
			p, err = conn.PoolByName("default")
		}
		if err != nil {
			t.Fatal(err)
		}
		return p.Available
	}
	const filling = `<volume><name>filling</name><capacity>%d</capacity><allocation>%d</allocation></volume>`
	if _, err := conn.CreateVolume("default", fmt.Sprintf(filling, room(), room())); err != nil {
		t.Fatal(err)
	}
	if left := room(); left > 1<<16 {
		t.Fatalf("there is still room for %d bytes", left)
	}
	svc, ctx := virttest.OpenURI(t, d.URI)
	id := virttest.Host(t, svc, ctx)

	_, err = svc.Pools.CreateVolume(ctx, id, virt.VolumeSpec{Pool: "default", Name: "more", Size: 1 << 20})

	wantKind(t, "an image", err, virt.KindNoSpace)
	volumes, err := svc.Pools.Volumes(ctx, id, "default")
	if err != nil || len(volumes) != 1 || volumes[0].Name != "filling" {
		t.Errorf("there are %+v, %v", volumes, err)
	}
}
