package hypervisor

import (
	"time"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

const sampled = libvirt.DOMAIN_STATS_CPU_TOTAL | libvirt.DOMAIN_STATS_BALLOON | libvirt.DOMAIN_STATS_VCPU |
	libvirt.DOMAIN_STATS_INTERFACE | libvirt.DOMAIN_STATS_BLOCK

// ActiveStats returns a reading of every active VM by UUID, in one RPC, and in
// none while nobody is active: an event tells when somebody is. A VM that is busy
// with a job is not waited for: what only its QEMU knows (disks, the guest's own
// view of its memory) is then zero in this reading.
func (c *Conn) ActiveStats() (map[string]virt.Sample, error) {
	samples, turn := map[string]virt.Sample{}, c.turn()
	if idle, known := c.idle.get(turn); known && idle {
		return samples, nil
	}
	var now time.Time
	err := c.bulk(sampled, libvirt.CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE|libvirt.CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT, func(r record) {
		if now.IsZero() {
			now = time.Now()
		}
		samples[r.id] = r.sample(now)
	})
	if err != nil {
		return nil, err
	}
	c.idle.set(turn, len(samples) == 0)
	return samples, nil
}

func (r record) sample(now time.Time) virt.Sample {
	s := virt.Sample{
		Time: now, CPUTime: r.cpuTime(), VCPUs: uint(counter(r.vcpus)),
		MemMax: counter(r.balloonMax) << 10, MemUsed: counter(r.balloon) << 10,
		DiskRead: counter(r.diskRead), DiskWrite: counter(r.diskWrite), DiskOps: counter(r.diskOps),
		NICRx: counter(r.nicReceived), NICTx: counter(r.nicTransmitted),
	}
	if used, said := r.usedByGuest(); said {
		s.MemUsed, s.GuestSays = used<<10, true
	}
	return s
}

// cpuTime is the process's, from its control group; where there is none, the
// sum of the vCPUs.
func (r record) cpuTime() time.Duration {
	if r.cpu > 0 {
		return r.cpu
	}
	return max(0, r.vcpuTime)
}

// usedByGuest is what the guest's balloon driver says is in use, in KiB: all
// but what it could give away at once, which includes its caches.
func (r record) usedByGuest() (uint64, bool) {
	free := r.usable
	if free < 0 {
		free = r.unused
	}
	if r.available <= 0 || free < 0 || free > r.available {
		return 0, false
	}
	return uint64(r.available - free), true
}

func counter(n int64) uint64 { return uint64(max(0, n)) }
