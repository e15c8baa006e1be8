package vm_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
	"github.com/kvmmanager/kvm-manager/vnc/sound/soundtest"
)

func TestANewMachineIsHeardThroughItsScreen(t *testing.T) {
	h := newHouse(t)
	disk := filepath.Join(h.images, "loud.img")
	virttest.LoudDisk(t, disk)
	d := h.mustCreate(virt.VMSpec{Name: "loud", Disks: []virt.DiskSpec{{Path: disk, Format: "raw"}}, Network: "none", Memory: 64 << 20, Start: true})
	if d.Sound != "ich9" || !d.Graphics[0].Sound {
		t.Fatalf("its sound card is %q, its screen %+v", d.Sound, d.Graphics[0])
	}
	if reason, err := h.svc.VMs.Unheard(h.ctx, d.Ref()); reason != "" || err != nil {
		t.Errorf("it cannot be heard: %q, %v", reason, err)
	}
	conn, err := h.svc.VMs.Screen(h.ctx, d.Ref())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var heard []byte
	client, err := rfb.Connect(h.ctx, conn, rfb.Options{OnSamples: func(pcm []byte) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, pcm...)
	}})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- client.Run(context.Background()) }()
	defer func() {
		client.Close()
		<-ended
	}()
	rfbtest.Eventually(t, "its screen offers the sound", client.Audible)
	if err := client.Listen(rfb.AudioRate44100); err != nil {
		t.Fatal(err)
	}
	rfbtest.Eventually(t, "its tone is heard", func() bool {
		mu.Lock()
		defer mu.Unlock()
		second := 4 * soundtest.Rate
		if len(heard) < second {
			return false
		}
		pitch := soundtest.Pitch(heard[len(heard)-second:])
		return pitch > virttest.LoudPitch-8 && pitch < virttest.LoudPitch+8
	})
}

func TestWhatAMachineLacksToBeHeardIsSaid(t *testing.T) {
	h := newHouse(t)
	const head = `<domain type="qemu"><name>x</name><memory unit="MiB">64</memory><os><type arch="x86_64" machine="q35">hvm</type></os><devices><graphics type="vnc" port="-1"/>`
	for name, c := range map[string]struct{ devices, want string }{
		"silent":  {"", "has no sound card"},
		"unwired": {`<sound model="ich9"/>`, "is not connected with its screen"},
	} {
		d := h.mustCreate(virt.VMSpec{Name: name, XML: head + c.devices + "</devices></domain>"})
		if reason, err := h.svc.VMs.Unheard(h.ctx, d.Ref()); !strings.Contains(reason, c.want) || err != nil {
			t.Errorf("%s: got %q, %v", name, reason, err)
		}
	}
	text := h.mustCreate(virt.VMSpec{Name: "text", NoDisk: true, NoScreen: true, Network: "none"})
	_, err := h.svc.VMs.Unheard(h.ctx, text.Ref())
	wantKind(t, err, virt.KindUnsupported)
}
