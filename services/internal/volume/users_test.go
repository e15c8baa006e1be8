package volume_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/volume"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// A shelf is libvirt's test driver with one machine, web, and a directory of
// images.
type shelf struct {
	t    *testing.T
	conn *hypervisor.Conn
	dir  string
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	conn, err := hypervisor.Open(virttest.TestHost(t, "one-running-vm.xml"), hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &shelf{t, conn, t.TempDir()}
}

// image makes an image that says that it builds on backing, whether that is
// there or not.
func (s *shelf) image(name, backing string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	args := []string{"create", "-q", "-f", "qcow2", path, "1M"}
	if backing != "" {
		args = []string{"create", "-q", "-u", "-f", "qcow2", "-F", "qcow2", "-b", backing, path, "1M"}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if out, err := exec.Command("qemu-img", args...).CombinedOutput(); err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
	return path
}

// machine defines a machine with what stands in its document.
func (s *shelf) machine(name, boot, devices string) {
	s.t.Helper()
	const doc = `<domain type="test"><name>%s</name><memory>1024</memory><os><type arch="x86_64">hvm</type>%s</os><devices>%s</devices></domain>`
	if _, err := s.conn.DefineDomain(fmt.Sprintf(doc, name, boot, devices)); err != nil {
		s.t.Fatal(err)
	}
}

func qcow2(path string) string {
	return `<disk type="file"><driver name="qemu" type="qcow2"/><source file="` + path + `"/><target dev="vda"/></disk>`
}

// wants fails the test unless these machines, all in one word, use the file.
func (s *shelf) wants(path, names string) {
	s.t.Helper()
	users, err := volume.ReadUsers(s.conn, "")
	if err != nil {
		s.t.Fatal(err)
	}
	if got := strings.Join(users.Of(path), " "); got != names {
		s.t.Errorf("%s is used by %q, want %q", path, got, names)
	}
}

func TestWhatAnImageBuildsOnIsFoundWhereQEMUFindsIt(t *testing.T) {
	s := newShelf(t)
	beside, behind := s.image("here/base.qcow2", ""), s.image("there/base.qcow2", "")
	middle := s.image("there/middle.qcow2", "base.qcow2")
	link := filepath.Join(s.dir, "here", "middle.qcow2")
	if err := os.Symlink(middle, link); err != nil {
		t.Fatal(err)
	}
	s.machine("linked", "", qcow2(s.image("top.qcow2", link)))
	s.wants(beside, "linked") // a relative name leads from where the link lies
	s.wants(behind, "")
	s.wants(middle, "linked")

	colon := s.image("here/a:b/base.qcow2", "")
	s.machine("colon", "", qcow2(s.image("colon.qcow2", "here/a:b/base.qcow2")))
	s.wants(colon, "colon")

	s.machine("far", "", qcow2(s.image("far.qcow2", "nbd://server/base")))
	s.machine("other", "", qcow2(s.image("other.qcow2", beside)))
	s.wants(beside, "linked other")
}

func TestImagesThatLeadNowhereStopNobody(t *testing.T) {
	s := newShelf(t)
	round, other := s.image("round.qcow2", "other.qcow2"), s.image("other.qcow2", "round.qcow2")
	s.machine("round", "", qcow2(round))
	pipe := filepath.Join(s.dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	s.machine("pipe", "", qcow2(pipe))
	s.machine("gone", "", qcow2(filepath.Join(s.dir, "gone.qcow2")))
	s.wants(other, "round")
	s.wants(round, "round")
	s.wants(pipe, "pipe")
	s.wants(filepath.Join(s.dir, "gone.qcow2"), "gone")
}

func TestAFileIsUsedAsAVolumeAndToBootFrom(t *testing.T) {
	s := newShelf(t)
	kernel := s.image("kernel", "")
	s.machine("tiny", "<kernel>"+kernel+"</kernel><initrd>"+kernel+".img</initrd>", "")
	s.wants(kernel, "tiny")
	s.wants(kernel+".img", "tiny")

	s.machine("volume", "", `<disk type="volume"><driver name="qemu" type="qcow2"/><source pool="default" volume="web.img"/><target dev="vda"/></disk>`)
	s.machine("lost", "", `<disk type="volume"><source pool="nowhere" volume="web.img"/><target dev="vda"/></disk>`)
	s.wants("/default-pool/web.img", "volume web")
	web, err := s.conn.LookupVM("web")
	if err != nil {
		t.Fatal(err)
	}
	users, err := volume.ReadUsers(s.conn, web.ID)
	if err != nil || !slices.Equal(users.Of("/default-pool/web.img"), []string{"volume"}) {
		t.Errorf("beside web it is used by %q, %v", users.Of("/default-pool/web.img"), err)
	}

	pool, err := s.conn.PoolByName("default")
	if err == nil {
		err = s.conn.StopPool(pool.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.wants("/default-pool/web.img", "web") // the path of a volume in a stopped pool is not known
}
