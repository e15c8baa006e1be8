package host_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

const screenOnly = `<domain type='qemu'><name>%s</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os>
<devices><serial type='pty'/><graphics type='vnc'><listen type='socket'/></graphics></devices></domain>`

func TestTheScreenAndTheSerialPortComeOverTheSameSSHConnection(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	if err := d.connect(overSSH(r, line)); err != nil {
		t.Fatal(err)
	}
	made := line.Opened()
	xml := bytes.ReplaceAll([]byte(screenOnly), []byte("%s"), []byte("seen"))
	vm, err := d.svc.VMs.Create(d.ctx, "lab", virt.VMSpec{Name: "seen", XML: string(xml), Start: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := d.svc.VMs.Delete(d.ctx, vm, virt.DeleteSpec{Force: true}); err != nil {
			t.Error(err)
		}
	})
	screen, err := d.svc.VMs.Screen(d.ctx, vm)
	if err != nil {
		t.Fatal(err, virt.HintOf(err))
	}
	defer func() { _ = screen.Close() }()
	greeting := make([]byte, len("RFB 003.008\n"))
	if _, err := io.ReadFull(screen, greeting); err != nil || !bytes.HasPrefix(greeting, []byte("RFB 003.")) {
		t.Errorf("the screen says %q, %v", greeting, err)
	}
	serial, err := d.svc.VMs.Serial(d.ctx, vm, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := serial.Close(); err != nil {
		t.Error(err)
	}
	if line.Open() != 1 || line.Opened() != made {
		t.Errorf("%d connections of the network are open, %d more were made", line.Open(), line.Opened()-made)
	}
}
