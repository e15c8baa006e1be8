package hypervisor

import (
	"time"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// HostSample reads the counters of the host's processors and memory
// (virNodeGetCPUStats, virNodeGetMemoryStats).
func (c *Conn) HostSample() (virt.HostSample, error) {
	cpu, err := value(c, "virNodeGetCPUStats", func() (*libvirt.NodeCPUStats, error) {
		return c.conn.GetCPUStats(int(libvirt.NODE_CPU_STATS_ALL_CPUS), 0)
	})
	if err != nil {
		return virt.HostSample{}, err
	}
	memory, err := value(c, "virNodeGetMemoryStats", func() (*libvirt.NodeMemoryStats, error) {
		return c.conn.GetMemoryStats(libvirt.NODE_MEMORY_STATS_ALL_CELLS, 0)
	})
	if err != nil {
		return virt.HostSample{}, err
	}
	free := memory.Free + memory.Buffers + memory.Cached
	return virt.HostSample{
		Time: time.Now(), Busy: time.Duration(cpu.Kernel + cpu.User), Idle: time.Duration(cpu.Idle + cpu.Iowait),
		MemUsed: (memory.Total - min(free, memory.Total)) << 10, MemTotal: memory.Total << 10,
	}, nil
}
