package vm

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// probeName begins the name of each probe guest.
const probeName = "kvm-manager-probe-"

// withoutProbes leaves the probe guests out of a list, which live for a second.
func withoutProbes(vms []virt.VM) []virt.VM {
	return slices.DeleteFunc(vms, func(vm virt.VM) bool { return !vm.Persistent && strings.HasPrefix(vm.Name, probeName) })
}

// probeTime is how long the probe guest may take to prove that KVM works.
const probeTime = time.Second

// virtType returns libvirt's name of the accelerator: as asked or, for auto, what
// works here. A device node and capabilities that offer KVM prove nothing: on
// some nested hosts guests hang under it. So a guest without a disk is run,
// whose firmware gives up and resets at once; when that happens within a
// second, KVM works.
func (b *builder) virtType(ctx context.Context, offered bool, hostUUID string) (string, error) {
	switch {
	case b.spec.Accel == "kvm":
		return "kvm", nil
	case b.spec.Accel == "tcg" || !offered:
		return "qemu", nil
	}
	cache := &probeCache{path: filepath.Join(b.service.dirs.Cache, "accel.json"), host: hostUUID, local: b.conn.Local()}
	works, known := cache.get()
	if !known {
		b.stage("probe KVM")
		var err error
		if works, err = b.probe(ctx); err != nil {
			return "", err
		}
		cache.put(works)
	}
	if works {
		return "kvm", nil
	}
	return "qemu", nil
}

// probe runs the probe guest and reports whether it came to its end in time.
func (b *builder) probe(ctx context.Context) (bool, error) {
	news, stop := b.service.bus.SubscribeAll()
	defer stop()
	xml, err := probeDocument(newUUID())
	if err != nil {
		return false, err
	}
	guest, err := b.conn.CreateTransient(xml)
	if err != nil {
		slog.Info("KVM probe did not start", "host", b.host, "err", err)
		return false, nil // not starting is the answer
	}
	defer removeProbe(b.conn, guest)
	limit := time.NewTimer(probeTime)
	defer limit.Stop()
	for {
		select {
		case ev := <-news:
			if ev.Ref.ID == guest.ID && (ev.Kind == virt.VMRemoved || ev.State == virt.StateShutoff) {
				return true, nil
			}
		case <-limit.C:
			return false, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

func removeProbe(c *hypervisor.Conn, guest virt.Ref) {
	if _, err := c.VMState(guest.ID); err != nil {
		return // it ended, as it should
	}
	if err := c.DestroyDomain(guest.ID); err != nil {
		slog.Warn("remove KVM probe", "err", err)
	}
}

func probeDocument(uuid string) (string, error) {
	now := 0
	d := libvirtxml.Domain{
		Type: "kvm", Name: probeName + uuid[:8], UUID: uuid,
		Memory:   &libvirtxml.DomainMemory{Value: 16, Unit: "MiB"},
		VCPU:     &libvirtxml.DomainVCPU{Value: 1},
		OS:       &libvirtxml.DomainOS{Type: &libvirtxml.DomainOSType{Type: "hvm"}, BIOS: &libvirtxml.DomainBIOS{RebootTimeout: &now}},
		Features: &libvirtxml.DomainFeatureList{ACPI: &libvirtxml.DomainFeature{}},
		OnReboot: "destroy",
		Devices: &libvirtxml.DomainDeviceList{
			Controllers: []libvirtxml.DomainController{{Type: "usb", Model: "none"}},
			MemBalloon:  &libvirtxml.DomainMemBalloon{Model: "none"},
		},
	}
	return d.Marshal()
}

// A probeCache remembers the probe's answer until the host boots again.
type probeCache struct {
	path  string
	host  string // the host's UUID
	local bool   // the host is this computer, whose boots we can tell apart
}

type probeAnswer struct {
	Boot  string `json:"boot"`
	Works bool   `json:"works"`
}

func (p *probeCache) get() (works, known bool) {
	answers := map[string]probeAnswer{}
	if !p.local || storage.ReadJSON(p.path, &answers) != nil {
		return false, false
	}
	a, found := answers[p.host]
	return a.Works, found && a.Boot == bootID()
}

func (p *probeCache) put(works bool) {
	boot := bootID()
	if !p.local || boot == "" {
		return
	}
	answers := map[string]probeAnswer{}
	if err := storage.ReadJSON(p.path, &answers); err != nil {
		slog.Debug("read probe cache", "err", err)
	}
	answers[p.host] = probeAnswer{boot, works}
	if err := storage.WriteJSON(p.path, answers); err != nil {
		slog.Warn("keep the KVM probe's answer", "err", err)
	}
}

// bootID tells the kernel's boots apart (random(4)); empty when it does not say.
func bootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}
