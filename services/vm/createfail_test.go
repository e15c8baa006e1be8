package vm_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/tiny"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// Each of these makes one step of a create fail for real, and finds the host as
// it was before.

// manyDisks make the stage "make disk" long enough to be met.
func manyDisks() []virt.DiskSpec {
	disks := make([]virt.DiskSpec, 16)
	for i := range disks {
		disks[i].Size = 1 << 20
	}
	return disks
}

func TestCreateFailsWhenTheNameIsTakenBetweenCheckAndDefine(t *testing.T) {
	h := newHouse(t)
	rival := `<domain type="qemu"><name>web</name><memory>65536</memory><os><type arch="x86_64">hvm</type></os></domain>`
	var before []string
	met := h.at(stage("make disk"), func() {
		if _, err := h.beside.DefineDomain(rival); err != nil {
			t.Error(err)
		}
	})
	_, err := h.create(virt.VMSpec{Name: "web", Disks: manyDisks()})
	<-met
	wantKind(t, err, virt.KindExists)
	before = append(before, "vm web shutoff persistent=true autostart=false saved=false")
	after := h.state()
	for _, line := range after {
		if line[:3] == "vol" || line[:2] == "vm" && line != before[0] {
			t.Errorf("left behind: %s", line)
		}
	}
	virttest.WantAudit(t, h.svc, h.ctx, virt.CreateVM, "failed")
}

func TestCreateFailsWhenThePoolIsFull(t *testing.T) {
	if smallDisk == "" {
		t.Skip("no file system can be mounted here")
	}
	h := newHouseAt(t, smallDisk)
	fill := filepath.Join(smallDisk, "fill")
	t.Cleanup(func() { _ = os.Remove(fill) })
	before := h.state()

	t.Run("while the kernel is uploaded", func(t *testing.T) {
		_, err := h.create(virt.VMSpec{Name: "web", Try: true})
		wantKind(t, err, virt.KindNoSpace)
		h.wantState(before)
	})
	t.Run("when a disk is allocated", func(t *testing.T) {
		fillUp(t, fill)
		before := h.state()
		for _, format := range []string{"qcow2", "raw"} {
			d, err := h.create(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 64 << 20, Format: format}}, Network: "none"})
			if format == "raw" && err == nil { // sparse: nothing was allocated
				_, err = h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{})
				if err != nil {
					t.Error(err)
				}
			} else {
				wantKind(t, err, virt.KindNoSpace)
			}
			h.wantState(before)
		}
	})
}

// fillUp writes until the file system has no room left.
func fillUp(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	for {
		if _, err := f.Write(block); err != nil {
			return
		}
	}
}

func TestCreateFailsInAReadOnlyPool(t *testing.T) {
	if smallDisk == "" {
		t.Skip("no file system can be mounted here")
	}
	h := newHouseAt(t, smallDisk)
	before := h.state()
	if err := run("mount", "-o", "remount,ro", smallDisk); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := run("mount", "-o", "remount,rw", smallDisk); err != nil {
			t.Error(err)
		}
	})
	for _, format := range []string{"qcow2", "raw"} {
		_, err := h.create(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20, Format: format}}})
		wantKind(t, err, virt.KindForbidden)
		h.wantState(before)
	}
	_, err := h.create(virt.VMSpec{Name: "web", Try: true})
	wantKind(t, err, virt.KindForbidden)
	h.wantState(before)
}

func TestCreateFailsWhenTheMachineDoesNotStart(t *testing.T) {
	h := newHouse(t)
	before := h.state()
	for what, spec := range map[string]virt.VMSpec{
		"a kernel that is none":   {Kernel: h.file("kernel", []byte("not a kernel")), NoDisk: true},
		"a CPU beyond the memory": {NoDisk: true, Memory: 1 << 50},
	} {
		t.Run(what, func(t *testing.T) {
			spec.Name, spec.Start, spec.Network = "web", true, "none"
			_, err := h.create(spec)
			if err == nil {
				t.Fatal("it started")
			}
			t.Logf("%s: %v", virt.KindOf(err), err)
			h.wantState(before)
		})
	}
}

func TestCreateFailsWhenTheDaemonDiesAndUndoesWhenItIsBack(t *testing.T) {
	h := newHouse(t)
	before := h.state()
	met := h.at(h.makesDisks, func() {
		h.daemon.Kill(t)
		h.daemon.Restart(t)
	})
	_, err := h.create(virt.VMSpec{Name: "web", Try: true, Disks: manyDisks()})
	<-met
	wantKind(t, err, virt.KindUnavailable)
	h.reopen()
	h.wantState(before)
	left, err := h.svc.Operations.Recover(h.ctx)
	if err != nil || len(left) != 0 {
		t.Errorf("something was left to recover: %v, %v", left, err)
	}
}

func TestCreateIsUndoneLaterWhenTheDaemonStaysDead(t *testing.T) {
	h := newHouse(t)
	before := h.state()
	met := h.at(h.makesDisks, func() { h.daemon.Kill(t) })
	_, err := h.create(virt.VMSpec{Name: "web", Disks: manyDisks()})
	<-met
	h.daemon.Restart(t)
	wantKind(t, err, virt.KindUnavailable)
	h.reopen()
	if err := h.svc.Hosts.Retry(h.ctx, h.host); err != nil {
		t.Fatal(err)
	}
	h.reached()
	done, err := h.svc.Operations.Recover(h.ctx)
	if err != nil || len(done) != 1 || done[0].State != virt.OperationUndone {
		t.Errorf("recovered %+v, %v", done, err)
	}
	h.wantState(before)
}

// reached waits until the services have their host again.
func (h *house) reached() {
	h.t.Helper()
	news, stop := h.svc.Subscribe()
	defer stop()
	for h.svc.Hosts.Wait(h.ctx, h.host) != nil {
		select {
		case <-news:
		case <-h.ctx.Done():
			h.t.Fatal("the host did not come back")
		}
	}
}

func TestCreateIsCancelledInTheMiddleOfAnUpload(t *testing.T) {
	h := newHouse(t)
	h.dirs.Cache = largeTiny(t, h.dirs.Cache)
	h.svc, _ = virttest.OpenIn(t, h.dirs, h.daemon.URI)
	h.host = virttest.Host(t, h.svc, h.ctx)
	before := h.state()
	for what, cancel := range map[string]func(context.CancelFunc, string){
		"by its context": func(stop context.CancelFunc, _ string) { stop() },
		"by request": func(_ context.CancelFunc, id string) {
			if err := h.svc.Operations.Cancel(h.ctx, id); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			ctx, stop := context.WithCancel(h.ctx)
			defer stop()
			var id string
			met := h.at(func(op virt.Operation) bool {
				id = op.ID
				return op.Stage == "copy kernel" && op.Total > 0 && 2*op.Done >= op.Total
			}, func() { cancel(stop, id) })
			_, err := h.svc.VMs.Create(ctx, h.host, virt.VMSpec{Name: "web", Try: true, Accel: "tcg"})
			<-met
			wantKind(t, err, virt.KindCancelled)
			h.wantState(before)
			virttest.WantAudit(t, h.svc, h.ctx, virt.CreateVM, "cancelled")
		})
	}
}

// largeTiny returns a cache whose tiny machine has a kernel that takes a while
// to upload: the real one with zeros behind it.
func largeTiny(t *testing.T, cache string) string {
	t.Helper()
	image, err := tiny.Build(t.Context(), tiny.Options{CacheDir: cache})
	if err != nil {
		t.Fatal(err)
	}
	from := filepath.Dir(image.KernelPath)
	to := filepath.Join(t.TempDir(), "tiny", filepath.Base(from))
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	kernel := filepath.Join(to, filepath.Base(image.KernelPath))
	const large = 96 << 20
	if err := os.Truncate(kernel, large); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(to, "manifest.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var manifest map[string]any
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	proof := manifest["files"].(map[string]any)["vmlinuz"].(map[string]any)
	proof["size"], proof["sha256"] = large, sum(t, kernel)
	if text, err = json.Marshal(manifest); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(filepath.Dir(to))
}

func sum(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

func TestANetworkThatACreateStartedStopsWithItsFailure(t *testing.T) {
	h := newHouse(t)
	networks, err := h.beside.Networks()
	if err != nil || len(networks) == 0 {
		t.Skip("libvirt's default network is not installed")
	}
	if networks[0].Active {
		if err := h.beside.StopNetwork(networks[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.beside.StartNetwork(networks[0].ID); err != nil {
		t.Skipf("no network starts here: %v", err)
	}
	if err := h.beside.StopNetwork(networks[0].ID); err != nil {
		t.Fatal(err)
	}
	before := h.state()
	_, err = h.create(virt.VMSpec{Name: "web", NoDisk: true, Start: true, Kernel: h.file("kernel", []byte("not a kernel"))})
	if err == nil {
		t.Fatal("it started")
	}
	h.wantState(before)
}

func TestAPoolThatACreateStartedStopsWithItsFailure(t *testing.T) {
	h := newHouse(t)
	p, err := h.beside.PoolByName("default")
	if err == nil {
		err = h.beside.StopPool(p.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	before := h.state()
	_, err = h.create(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20}}, Network: "nothing"})
	wantKind(t, err, virt.KindNotFound)
	h.wantState(before)

	if err := h.beside.UndefinePool(p.ID); err != nil {
		t.Fatal(err)
	}
	before = h.state()
	_, err = h.create(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20}}, Network: "nothing"})
	wantKind(t, err, virt.KindNotFound)
	h.wantState(before)
}

func TestARecoveryLeavesStrangersAlone(t *testing.T) {
	h := newHouse(t)
	d := h.mustCreate(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20}}})
	before := h.state()
	if _, err := h.create(virt.VMSpec{Name: "web", Disks: []virt.DiskSpec{{Size: 1 << 20}}}); virt.KindOf(err) != virt.KindExists {
		t.Errorf("a second one: %v", err)
	}
	if _, err := h.create(virt.VMSpec{Name: "other", UUID: d.ID}); virt.KindOf(err) != virt.KindExists {
		t.Errorf("one with its UUID: %v", err)
	}
	if _, err := h.create(virt.VMSpec{Name: d.ID}); virt.KindOf(err) != virt.KindExists {
		t.Errorf("one with its UUID for a name: %v", err)
	}
	h.wantState(before)
	if err := h.beside.Undefine(d.ID, hypervisor.UndefineOptions{}); err != nil {
		t.Fatal(err)
	}
}
