package virt

import "time"

// A HostSample is a reading of a host's counters.
type HostSample struct {
	Time     time.Time
	Busy     time.Duration // of all processors together, since the host started
	Idle     time.Duration
	MemUsed  uint64 // bytes; what is only cached counts as free
	MemTotal uint64
}

// HostRates are the figures of a host between two HostSamples.
type HostRates struct {
	Time       time.Time `json:"time"`
	CPUPercent float64   `json:"cpu_percent"` // 100 is all processors busy
	MemUsed    uint64    `json:"memory_used_bytes"`
	MemTotal   uint64    `json:"memory_bytes"`
}

// HostRatesBetween returns the figures from a to b; ok is false when no time
// passed or the counters went back, as they do when the host was restarted.
func HostRatesBetween(a, b HostSample) (HostRates, bool) {
	busy, idle := b.Busy-a.Busy, b.Idle-a.Idle
	if busy < 0 || idle < 0 || busy+idle == 0 {
		return HostRates{}, false
	}
	return HostRates{
		Time: b.Time, CPUPercent: 100 * float64(busy) / float64(busy+idle), MemUsed: b.MemUsed, MemTotal: b.MemTotal,
	}, true
}
