package hypervisor_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestAKilledDaemonBreaksTheConnectionAndSparesTheVMs(t *testing.T) {
	d := virttest.Libvirtd(t)
	conn, news := open(t, d.URI)
	s := suite{conn: conn}
	ref, err := conn.CreateTransient(text(t, guest("QEMU", "survivor")))
	must(t, err)

	d.Kill(t)
	news.await(t, 5*time.Second, "the broken connection", func() bool { return news.reason != "" })
	for range 2 {
		_, err = conn.Inventory()
		wantKind(t, err, virt.KindUnavailable)
	}
	_, err = conn.VMState(ref.ID)
	wantKind(t, err, virt.KindUnavailable)
	must(t, conn.Close())
	_, err = conn.Inventory()
	wantKind(t, err, virt.KindUnavailable)

	d.Restart(t)
	s.conn, _ = open(t, d.URI)
	s.wantState(t, ref, virt.StateRunning)
}

func TestASilentDaemonIsNoticed(t *testing.T) {
	d := virttest.Libvirtd(t)
	conn, news := open(t, d.URI) // asks every second
	d.Stop(t)
	defer d.Cont(t)
	begin := time.Now()
	_, err := conn.Inventory()
	wantKind(t, err, virt.KindUnavailable)
	if took := time.Since(begin); took < time.Second || took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
	news.await(t, time.Second, "the keepalive", func() bool { return news.reason == "keepalive" })
}

func TestClosingDoesNotWaitForACallThatHangs(t *testing.T) {
	d := virttest.Libvirtd(t)
	conn, err := hypervisor.Open(d.URI, hypervisor.Options{KeepAlive: time.Second})
	must(t, err)
	d.Stop(t)
	ended := make(chan error, 1)
	go func() {
		_, err := conn.FreeMemory()
		ended <- err
	}()
	select {
	case err := <-ended:
		t.Fatalf("a halted daemon answered: %v", err)
	case <-time.After(100 * time.Millisecond): // it hangs
	}
	begin := time.Now()
	must(t, conn.Close())
	if took := time.Since(begin); took > 100*time.Millisecond {
		t.Errorf("the close took %s", took)
	}
	d.Cont(t)
	must(t, <-ended)
}

func TestAHostThatCannotBeReachedSaysWhatHelps(t *testing.T) {
	for _, row := range []struct {
		uri  string
		kind virt.ErrorKind
	}{
		{"qemu+unix:///system?socket=" + filepath.Join(t.TempDir(), "nobody"), virt.KindUnavailable},
		{"qemu+tcp://127.0.0.1:1/system", virt.KindUnavailable},
		{"nonsense:///system", virt.KindUnavailable},
		{"test:///no/such/file.xml", virt.KindInvalid},
	} {
		_, err := hypervisor.Open(row.uri, hypervisor.Options{})
		if virt.KindOf(err) != row.kind || virt.HintOf(err) == "" {
			t.Errorf("%s: %v (%s), hint %q", row.uri, err, virt.KindOf(err), virt.HintOf(err))
		}
	}
}

// The one thread of this test gives up root's rights over files, so that the
// kernel refuses the socket as it would a user who is not in the group.
func TestASocketThatIsNotOursIsForbidden(t *testing.T) {
	d := virttest.Libvirtd(t)
	runtime.LockOSThread() // never unlocked: the thread ends with the test
	const nobody = 65534
	if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0); errno != 0 {
		t.Fatal(errno)
	}
	_, err := hypervisor.Open(d.URI, hypervisor.Options{})
	_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0)
	wantKind(t, err, virt.KindForbidden)
	if virt.HintOf(err) == "" {
		t.Errorf("nothing is said that helps: %v", err)
	}
}

func TestConnectionsLeaveNothingBehind(t *testing.T) {
	d := virttest.Libvirtd(t)
	cycle := func() {
		for _, uri := range []string{d.URI, virttest.TestHost(t, "one-running-vm.xml")} {
			conn, err := hypervisor.Open(uri, hypervisor.Options{OnEvent: func(virt.Event) {}, OnClose: func(string) {}})
			must(t, err)
			_, err = conn.Inventory()
			must(t, err)
			_, err = conn.Networks()
			must(t, err)
			must(t, conn.Close())
		}
	}
	cycle() // starts what is once a process
	files, goroutines := openFiles(t), runtime.NumGoroutine()
	for range 20 {
		cycle()
	}
	eventually(t, 5*time.Second, "as many files and goroutines as before", func() bool {
		return openFiles(t) <= files && runtime.NumGoroutine() <= goroutines
	})
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(entries)
}

// The traced half runs in a process of its own, because the trace file is
// chosen once a process.
func TestEveryCallIsTraced(t *testing.T) {
	if os.Getenv("KVM_MANAGER_TRACE") != "" {
		conn, _ := open(t, virttest.TestHost(t, "one-running-vm.xml"))
		_, err := conn.Inventory()
		must(t, err)
		return
	}
	file := filepath.Join(t.TempDir(), "trace")
	again := exec.Command(os.Args[0], "-test.run=^TestEveryCallIsTraced$")
	again.Env = append(os.Environ(), "KVM_MANAGER_TRACE="+file)
	if out, err := again.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(file)
	must(t, err)
	names := map[string]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var line struct {
			Event, Name string
			Us          *int64
		}
		must(t, json.Unmarshal(lines.Bytes(), &line))
		if line.Event == "libvirt_call" && line.Us != nil {
			names[line.Name] = true
		}
	}
	for _, name := range []string{"virConnectOpenAuth", "virConnectGetAllDomainStats", "virConnectListAllDomains"} {
		if !names[name] {
			t.Errorf("%s is not traced; there are %v", name, names)
		}
	}
}
