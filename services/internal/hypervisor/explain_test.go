package hypervisor_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// begins is how a sentence begins: with a capital letter, or a program's name.
var begins = regexp.MustCompile(`^([A-Z]|libvirt|dnsmasq|swtpm|virtiofsd)`)

func TestEveryExplanationIsWholeAndHasItsOwnName(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range hypervisor.Explanations() {
		if e.Name == "" || seen[e.Name] {
			t.Errorf("there are two explanations named %q", e.Name)
		}
		seen[e.Name] = true
		if _, err := regexp.Compile(e.Says); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
		for _, sentence := range []string{e.Cause, e.Hint} {
			if !begins.MatchString(sentence) {
				t.Errorf("%s says %q", e.Name, sentence)
			}
		}
		if !strings.HasSuffix(e.Cause, ".") {
			t.Errorf("the cause of %s is no sentence: %q", e.Name, e.Cause)
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d failures are explained", len(seen))
	}
}

// explains fails the test unless the error has that explanation, and with it a
// cause and a hint.
func explains(t *testing.T, err error, name string) {
	t.Helper()
	if got := hypervisor.ExplanationOf(err); got != name || virt.CauseOf(err) == "" || virt.HintOf(err) == "" {
		t.Errorf("explained as %q, want %q: %v\n(%s) %s\n%s", got, name, err, virt.KindOf(err), virt.CauseOf(err), virt.HintOf(err))
	}
}

func TestHostsThatAreNotReachedAreExplained(t *testing.T) {
	for name, uri := range map[string]string{
		"socket-missing":   "qemu+unix:///system?socket=" + filepath.Join(t.TempDir(), "nobody"),
		"host-refused":     "qemu+tcp://127.0.0.1:1/system",
		"name-unknown":     "qemu+tcp://nobody.invalid/system",
		"tls-no-authority": "qemu+tls://127.0.0.1:1/system?pkipath=" + t.TempDir(),
	} {
		_, err := hypervisor.Open(uri, hypervisor.Options{})
		explains(t, err, name)
		wantKind(t, err, virt.KindUnavailable)
	}
}

// What libvirt cannot tell apart is told apart by nobody: no explanation is
// better than a wrong one.
func TestAnUnknownFailureIsNotExplained(t *testing.T) {
	conn, _ := open(t, virttest.TestHost(t, "one-running-vm.xml"))
	_, err := conn.DomainXML("no-uuid", false, false)
	if err == nil || hypervisor.ExplanationOf(err) != "" || virt.CauseOf(err) != "" {
		t.Errorf("got %v, explained as %q: %s", err, hypervisor.ExplanationOf(err), virt.CauseOf(err))
	}
}

const withoutKVM = "KVM_MANAGER_TEST_WITHOUT_KVM"

// The guest never runs: a process of its own sees a /dev/kvm that is none.
func TestAHostWithoutKVMIsExplained(t *testing.T) {
	if os.Getenv(withoutKVM) == "" {
		if os.Geteuid() != 0 {
			t.Skip("only root can hide a device")
		}
		again := exec.Command("unshare", "--mount", "sh", "-c",
			`[ ! -e /dev/kvm ] || mount --bind /dev/null /dev/kvm; exec "$0" -test.run='^TestAHostWithoutKVMIsExplained$'`, os.Args[0])
		again.Env = append(os.Environ(), withoutKVM+"=1")
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	conn, _ := open(t, virttest.EmbedURI(t))
	doc := guest("QEMU", "fast")
	doc.Type = "kvm"
	_, err := conn.CreateTransient(text(t, doc))
	wantKind(t, err, virt.KindUnsupported)
	if _, statErr := os.Stat("/dev/kvm"); statErr == nil {
		explains(t, err, "no-kvm")
	}
}
