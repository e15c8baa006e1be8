package vm_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/storage"
)

// patience is how long a test waits for what must happen. It is long, for the
// machine may be busy.
const patience = 2 * time.Minute

// smallDisk is where a file system of 8 MiB is mounted, for us and for the
// shared daemon; empty where that is impossible.
var smallDisk string

func TestMain(m *testing.M) {
	remove := func() error { return nil }
	if os.Geteuid() == 0 {
		smallDisk, remove = mountSmallDisk()
	}
	code := virttest.Main(m)
	if err := remove(); err != nil {
		fmt.Fprintln(os.Stderr, "unmount the small disk:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// mountSmallDisk must run before the daemon starts, which takes the mounts of
// its birth into its own namespace.
func mountSmallDisk() (string, func() error) {
	dir, err := os.MkdirTemp("", "small-")
	if err != nil {
		return "", func() error { return nil }
	}
	remove := func() error { return os.RemoveAll(dir) }
	image, at := filepath.Join(dir, "image"), filepath.Join(dir, "disk")
	if errors.Join(os.Chmod(dir, 0o755), os.Mkdir(at, 0o755), os.WriteFile(image, nil, 0o600), os.Truncate(image, 8<<20)) != nil {
		return "", remove
	}
	if run("mkfs.ext4", "-q", image) != nil || run("mount", "-o", "loop", image, at) != nil {
		return "", remove
	}
	return at, func() error { return errors.Join(run("umount", at), remove()) }
}

func run(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// A house is a private libvirtd with the services over it and a connection
// beside them, through which tests look and meddle as virsh would.
type house struct {
	t      *testing.T
	daemon *virttest.Daemon
	dirs   storage.Dirs
	svc    *services.Services
	ctx    context.Context
	host   virt.HostID
	beside *hypervisor.Conn
	images string // the directory of the default pool
}

// newHouse opens the shared daemon with an empty default pool of its own.
func newHouse(t *testing.T) *house {
	t.Helper()
	return newHouseAt(t, "")
}

// newHouseAt is newHouse with the default pool in a directory that exists.
func newHouseAt(t *testing.T, images string) *house {
	t.Helper()
	d := virttest.SharedLibvirtd(t)
	h := &house{t: t, daemon: d, dirs: virttest.Dirs(t), images: images}
	if h.images == "" {
		h.images = h.directory("images")
	}
	var err error
	if h.beside, err = hypervisor.Open(d.URI, hypervisor.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.beside.Close() }) // the one of then
	h.pool("default", h.images)
	h.svc, h.ctx = virttest.OpenIn(t, h.dirs, d.URI)
	var cancel context.CancelFunc
	h.ctx, cancel = context.WithTimeout(h.ctx, patience)
	t.Cleanup(cancel)
	h.host = virttest.Host(t, h.svc, h.ctx)
	t.Cleanup(func() { h.sweep() })
	return h
}

// directory makes a directory that QEMU can read, on both sides.
func (h *house) directory(name string) string {
	h.t.Helper()
	dir, err := os.MkdirTemp(h.daemon.Dir, name+"-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return dir
}

// file makes a file that QEMU can read.
func (h *house) file(name string, content []byte) string {
	h.t.Helper()
	path := filepath.Join(h.directory("files"), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// pool defines and starts a pool of a directory; it goes with the test.
func (h *house) pool(name, dir string) virt.Pool {
	h.t.Helper()
	doc := libvirtxml.StoragePool{Type: "dir", Name: name, Target: &libvirtxml.StoragePoolTarget{Path: dir}}
	xml, err := doc.Marshal()
	if err != nil {
		h.t.Fatal(err)
	}
	p, err := h.beside.DefinePool(xml)
	if err == nil {
		err = h.beside.StartPool(p.ID)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		_ = h.beside.StopPool(p.ID)
		if err := h.beside.UndefinePool(p.ID); err != nil && !errors.Is(err, virt.ErrNotFound) {
			h.t.Errorf("remove the pool %s: %v", name, err)
		}
	})
	return p
}

// reopen replaces the connection beside, after the daemon was killed.
func (h *house) reopen() {
	h.t.Helper()
	_ = h.beside.Close()
	conn, err := hypervisor.Open(h.daemon.URI, hypervisor.Options{})
	if err != nil {
		h.t.Fatal(err)
	}
	h.beside = conn
}

// sweep removes the VMs that a test left.
func (h *house) sweep() {
	vms, err := h.beside.Inventory()
	if err != nil {
		h.t.Errorf("sweep: %v", err)
	}
	for _, vm := range vms {
		_ = h.beside.DestroyDomain(vm.ID)
		_ = h.beside.Undefine(vm.ID, hypervisor.UndefineOptions{})
	}
}

// state is all that a create or delete may change, in lines.
func (h *house) state() []string {
	h.t.Helper()
	lines := []string{}
	vms, err := h.beside.Inventory()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, v := range vms {
		lines = append(lines, fmt.Sprintf("vm %s %s persistent=%v autostart=%v saved=%v", v.Name, v.State, v.Persistent, v.Autostart, v.Saved))
	}
	pools, err := h.beside.Pools()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, p := range pools {
		lines = append(lines, fmt.Sprintf("pool %s active=%v", p.Name, p.Active))
		if !p.Active {
			continue
		}
		if err := h.beside.RefreshPool(p.ID); err != nil {
			h.t.Fatal(err)
		}
		volumes, err := h.beside.Volumes(p.Name)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, v := range volumes {
			lines = append(lines, "volume "+p.Name+"/"+v.Name)
		}
		lines = append(lines, files(h.t, p.Path)...)
	}
	networks, err := h.beside.Networks()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, n := range networks {
		lines = append(lines, fmt.Sprintf("network %s active=%v", n.Name, n.Active))
	}
	lines = append(lines, files(h.t, filepath.Join(h.daemon.Dir, "etc/qemu"))...)
	lines = append(lines, files(h.t, filepath.Join(h.daemon.Dir, "lib/qemu/save"))...)
	lines = append(lines, files(h.t, filepath.Join(h.dirs.Data, "machines"))...)
	slices.Sort(lines)
	return lines
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !e.IsDir() {
			found = append(found, "file "+path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// wantState fails the test when something is other than before.
func (h *house) wantState(before []string) {
	h.t.Helper()
	after := h.state()
	for _, line := range after {
		if !slices.Contains(before, line) {
			h.t.Errorf("left behind: %s", line)
		}
	}
	for _, line := range before {
		if !slices.Contains(after, line) {
			h.t.Errorf("missing: %s", line)
		}
	}
}

// wantKind fails the test unless err has the kind and, for what people can do
// something about, a hint.
func wantKind(t *testing.T, err error, kind virt.ErrorKind) {
	t.Helper()
	if virt.KindOf(err) != kind {
		t.Fatalf("got %v (%s), want kind %s", err, virt.KindOf(err), kind)
	}
	switch kind {
	case virt.KindNoSpace, virt.KindForbidden, virt.KindUnavailable, virt.KindExists:
		if virt.HintOf(err) == "" {
			t.Errorf("%v has no hint", err)
		}
	}
	t.Logf("%s: %v; hint: %q", kind, err, virt.HintOf(err))
}

// at waits for the newest running operation until reached says it stands where
// the test wants it, and then acts.
func (h *house) at(reached func(virt.Operation) bool, act func()) (done <-chan struct{}) {
	finished := make(chan struct{})
	ctx := h.ctx
	go func() {
		defer close(finished)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			running, err := h.svc.Operations.List(ctx, virt.OperationFilter{State: virt.OperationRunning})
			if err == nil && len(running) > 0 && reached(running[0]) {
				act()
				return
			}
		}
	}()
	return finished
}

func stage(name string) func(virt.Operation) bool {
	return func(op virt.Operation) bool { return op.Stage == name }
}

// makesDisks reports whether the operation has made some of its disks.
func (h *house) makesDisks(op virt.Operation) bool {
	made, err := filepath.Glob(filepath.Join(h.images, "*.qcow2"))
	return err == nil && len(made) > 1 && op.Stage == "make disk"
}

func (h *house) create(spec virt.VMSpec) (virt.VMDetail, error) {
	h.t.Helper()
	if spec.Accel == "" {
		spec.Accel = "tcg"
	}
	ref, err := h.svc.VMs.Create(h.ctx, h.host, spec)
	if err != nil {
		return virt.VMDetail{}, err
	}
	return h.svc.VMs.Show(h.ctx, ref)
}

func (h *house) mustCreate(spec virt.VMSpec) virt.VMDetail {
	h.t.Helper()
	d, err := h.create(spec)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}
