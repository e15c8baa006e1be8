package hypervisor_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"libvirt.org/go/libvirtxml"

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

const poorer = "KVM_MANAGER_TEST_POORER"

// onPoorer runs the test once more in a process that does not see the files and
// reports whether we are in it.
func onPoorer(t *testing.T, files ...string) bool {
	t.Helper()
	if os.Getenv(poorer) == t.Name() {
		return true
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can hide files")
	}
	hide := `for f; do if [ -d "$f" ]; then mount -t tmpfs tmpfs "$f"; elif [ -e "$f" ]; then mount --bind /dev/null "$f"; fi; done; exec "$0" -test.v -test.run="^$TEST$"`
	again := exec.Command("unshare", append([]string{"--mount", "sh", "-ec", hide, os.Args[0]}, files...)...)
	again.Env = append(os.Environ(), poorer+"="+t.Name(), "TEST="+t.Name())
	out, err := again.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v: %s", err, out)
	}
	return false
}

// The guest never runs: its host's /dev/kvm is none.
func TestAHostWithoutKVMIsExplained(t *testing.T) {
	if !onPoorer(t, "/dev/kvm") {
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

func TestProgramsThatAreNotInstalledAreExplained(t *testing.T) {
	if !onPoorer(t, "/usr/bin/swtpm", "/usr/sbin/dnsmasq", "/usr/share/qemu/vhost-user") {
		return
	}
	p := newProvoker(t)
	explains(t, p.start(func(d *libvirtxml.Domain) {
		d.Devices.TPMs = []libvirtxml.DomainTPM{{Model: "tpm-tis", Backend: &libvirtxml.DomainTPMBackend{Emulator: &libvirtxml.DomainTPMBackendEmulator{Version: "2.0"}}}}
	}), "swtpm-missing")
	explains(t, p.start(func(d *libvirtxml.Domain) {
		d.MemoryBacking = &libvirtxml.DomainMemoryBacking{
			MemorySource: &libvirtxml.DomainMemorySource{Type: "memfd"}, MemoryAccess: &libvirtxml.DomainMemoryAccess{Mode: "shared"},
		}
		d.Devices.Filesystems = sharedFolders(p.dir)
	}), "virtiofsd-missing")
	n, err := p.conn.NetworkByName("default")
	must(t, err)
	explains(t, p.conn.StartNetwork(n.ID), "dnsmasq-missing")
}

// login answers a daemon's questions with a name and a password.
func login(name, password string) hypervisor.Auth {
	return func(q hypervisor.Question) (string, bool) {
		if q.Kind == hypervisor.AskPassword {
			return password, true
		}
		return name, true
	}
}

// pki makes a directory as libvirt wants it: the authority's certificate and, if
// there is one, ours.
func pki(t *testing.T, authority string, own *virttest.Certificate) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"cacert.pem": authority}
	if own != nil {
		files["clientcert.pem"], files["clientkey.pem"] = own.Cert, own.Key
	}
	for name, from := range files {
		text, err := os.ReadFile(from)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	return dir
}

// forgetfulSSH is an ssh that knows no host and remembers none for the others.
func forgetfulSSH(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ssh")
	must(t, os.WriteFile(path, []byte("#!/bin/sh\nexec ssh -o UserKnownHostsFile="+path+"-hosts \"$@\"\n"), 0o700))
	return path
}

func TestRefusedLoginsAreExplained(t *testing.T) {
	r := virttest.RemoteHost(t)
	at := func(scheme string, line *virttest.Line, query string) string {
		return fmt.Sprintf("qemu+%s://%s:%d/system?%s", scheme, line.Address, line.Port, query)
	}
	foreign := virttest.NewAuthority(t, "foreign")
	stranger := foreign.Issue(t, virttest.CertSpec{Name: "stranger"})
	for name, uri := range map[string]string{
		"login-refused":             at("tcp", r.TCP, ""),
		"tls-unverified":            at("tls", r.TLS, "pkipath="+pki(t, foreign.CA, &stranger)),
		"tls-no-client-certificate": at("tls", r.TLS, "no_sanity=1&pkipath="+pki(t, r.Authority.CA, &stranger)),
		"ssh-host-key":              at("ssh", r.SSH, "no_tty=1&command="+forgetfulSSH(t)),
		"ssh-login":                 at("ssh", r.SSH, "no_tty=1&no_verify=1&command="+forgetfulSSH(t)),
	} {
		_, err := hypervisor.Open(uri, hypervisor.Options{Auth: login(virttest.SASLUser, "wrong")})
		explains(t, err, name)
		wantKind(t, err, virt.KindUnauthenticated)
	}
}

func TestCertificatesOfHostsAreExplained(t *testing.T) {
	for _, server := range []virttest.CertSpec{ // libvirt says the same of both
		{Name: "server", Names: []string{"elsewhere.test"}},
		{Name: "server", Names: []string{"127.0.0.1"}, Expired: true},
	} {
		r := virttest.RemoteHostWith(t, server)
		_, err := hypervisor.Open(fmt.Sprintf("qemu+tls://127.0.0.1:%d/system?pkipath=%s", r.TLS.Port, pki(t, r.Authority.CA, &r.Client)), hypervisor.Options{})
		explains(t, err, "tls-unverified")
		wantKind(t, err, virt.KindUnauthenticated)
	}
}
