package virt

import "time"

// HostState is the state of a libvirt connection.
type HostState string

// The states of a connection.
const (
	HostConnecting HostState = "connecting"
	HostConnected  HostState = "connected"
	HostSlow       HostState = "slow"    // connected, but a call has waited over two seconds
	HostOffline    HostState = "offline" // lost or never reached; tried again at Retry, or on demand where that is zero
	HostSaved      HostState = "saved"   // kept for later, and not asked for now; services list no such connection
)

// A Host is a libvirt connection and what is known of it. Figures are of the
// last time it answered.
type Host struct {
	ID          HostID    `json:"name"`
	URI         string    `json:"uri"`
	State       HostState `json:"state"`
	Since       time.Time `json:"since"`
	Retry       time.Time `json:"retry,omitzero"` // next attempt while offline
	Problem     string    `json:"problem,omitempty"`
	Cause       string    `json:"cause,omitempty"` // of the problem, where it is known
	Hint        string    `json:"hint,omitempty"`
	Hostname    string    `json:"hostname"`
	Libvirt     string    `json:"libvirt_version"`
	Hypervisor  string    `json:"hypervisor"`
	HVVersion   string    `json:"hypervisor_version"`
	Arch        string    `json:"arch"`
	CPUModel    string    `json:"cpu_model"`
	CPUs        uint      `json:"cpus"`
	Sockets     uint      `json:"sockets"`
	Cores       uint      `json:"cores"`
	Threads     uint      `json:"threads"`
	Memory      uint64    `json:"memory_bytes"`
	MemoryFree  uint64    `json:"memory_free_bytes"`
	HasNetworks bool      `json:"has_networks"` // the driver knows networks and pools (the embedded one does not)
	HasPools    bool      `json:"has_pools"`
	Saved       bool      `json:"-"` // it can be asked for by its name
}

// Argument is what names the host to kvm-cli: a saved one by its name, which stands
// for its key and jump hosts, too, others by their URI.
func (h Host) Argument() string {
	if h.Saved || h.URI == "" {
		return string(h.ID)
	}
	return h.URI
}

// A Check is one finding of the readiness check of a host. Title, Cause and
// Remedy are English sentences; Command is what a shell of the host is to run.
type Check struct {
	ID      string      `json:"id"`
	Status  CheckStatus `json:"status"`
	Title   string      `json:"title"`
	Cause   string      `json:"cause"`
	Remedy  string      `json:"remedy"`
	Command string      `json:"command,omitempty"`
	Fixable bool        `json:"fixable"`
}

// Problem reports whether the finding wants somebody's attention.
func (c Check) Problem() bool { return c.Status == CheckFail || c.Status == CheckWarn }

// CheckStatus is the outcome of a Check.
type CheckStatus string

// The outcomes of a Check.
const (
	CheckOK      CheckStatus = "ok"
	CheckWarn    CheckStatus = "warn"
	CheckFail    CheckStatus = "fail"
	CheckSkipped CheckStatus = "skipped"
)
