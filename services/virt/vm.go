package virt

import "time"

// VMState is a VM's state as people and scripts read it.
type VMState string

// The states of a VM. Saved is shut off with a saved memory image.
const (
	StateRunning      VMState = "running"
	StatePaused       VMState = "paused"
	StateShutoff      VMState = "shutoff"
	StateSaved        VMState = "saved"
	StateCrashed      VMState = "crashed"
	StateSuspended    VMState = "suspended"
	StateShuttingDown VMState = "shutting-down"
	StateUnknown      VMState = "unknown"
)

// VMStates returns all states, in the order in which they are listed to people.
func VMStates() []VMState {
	return []VMState{
		StateRunning, StatePaused, StateShutoff, StateSaved, StateCrashed, StateSuspended, StateShuttingDown, StateUnknown,
	}
}

// Active reports whether a QEMU process exists in this state.
func (s VMState) Active() bool {
	switch s {
	case StateRunning, StatePaused, StateSuspended, StateShuttingDown:
		return true
	default:
		return false
	}
}

// A VM is a row of the inventory. Sizes are bytes.
type VM struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	Host          HostID   `json:"host"`
	State         VMState  `json:"state"`
	Persistent    bool     `json:"persistent"`
	Autostart     bool     `json:"autostart"`
	Title         string   `json:"title"`
	Tags          []string `json:"tags"`
	OS            string   `json:"os"` // libosinfo short id, empty when unknown
	VCPUs         uint     `json:"vcpus"`
	VCPUsMax      uint     `json:"vcpus_max"`
	Memory        uint64   `json:"memory_bytes"`
	MemoryCurrent uint64   `json:"memory_current_bytes"`
	Saved         bool     `json:"saved"`
}

// Ref points to the VM.
func (v VM) Ref() Ref { return Ref{Host: v.Host, Kind: KindVM, ID: v.ID, Name: v.Name} }

// A VMDetail is everything vm show tells of one VM.
type VMDetail struct {
	VM
	UUID      string     `json:"uuid"`
	Arch      string     `json:"arch"`
	Machine   string     `json:"machine"`
	Accel     string     `json:"accel"`    // kvm or tcg
	Firmware  string     `json:"firmware"` // bios, uefi or uefi-secure
	Disks     []Disk     `json:"disks"`
	NICs      []NIC      `json:"nics"`
	Graphics  []Graphics `json:"graphics"`
	Addresses []Address  `json:"addresses"`
	Serials   []Serial   `json:"serials"`
	Snapshots int        `json:"snapshots"`
	Pending   bool       `json:"pending"` // the saved definition differs from the running one
	Video     string     `json:"video"`
	Sound     string     `json:"sound"` // model of the first sound card
	CPUModel  string     `json:"cpu_model"`
	TPM       bool       `json:"tpm"`
}

// A Disk is a disk, CD or floppy drive of a VM. Pool and Volume are set when
// the path lies in a pool.
type Disk struct {
	Target     string `json:"target"`
	Bus        string `json:"bus"`
	Device     string `json:"device"`
	Format     string `json:"format"`
	Pool       string `json:"pool"`
	Volume     string `json:"volume"`
	Path       string `json:"path"`
	Capacity   uint64 `json:"capacity_bytes"`
	Allocation uint64 `json:"allocation_bytes"`
	ReadOnly   bool   `json:"readonly"`
	Shareable  bool   `json:"shareable"`
}

// A NIC is a network card of a VM. Source is the network's, bridge's or
// device's name; Target the host's tap device while it runs.
type NIC struct {
	MAC    string `json:"mac"`
	Model  string `json:"model"`
	Type   string `json:"type"`
	Source string `json:"source"`
	LinkUp bool   `json:"link_up"`
	Target string `json:"target,omitempty"`
}

// Graphics is a screen server of a VM.
type Graphics struct {
	Type     string `json:"type"`
	Listen   string `json:"listen"`
	Port     int    `json:"port"`
	Socket   string `json:"socket"`
	Password bool   `json:"password"`
	Sound    bool   `json:"sound"` // it sends the sound of the VM
}

// A Serial is a serial port: its index and the alias or path libvirt shows.
type Serial struct {
	Port int    `json:"port"`
	Type string `json:"type"`
	Path string `json:"path"`
}

// An Address is one that a guest has, and who said so.
type Address struct {
	IP     string `json:"ip"`
	Prefix uint   `json:"prefix"`
	MAC    string `json:"mac"`
	Source string `json:"source"` // lease, agent or arp
}

// A Sample is one reading of a running VM's counters. Counters only grow while
// the VM runs.
type Sample struct {
	Time      time.Time
	CPUTime   time.Duration // of all vCPUs together
	VCPUs     uint
	MemUsed   uint64 // bytes the guest uses; the balloon's size when it does not say
	MemMax    uint64
	DiskRead  uint64 // bytes, all disks
	DiskWrite uint64
	DiskOps   uint64
	NICRx     uint64 // bytes, all NICs
	NICTx     uint64
	GuestSays bool // MemUsed comes from the guest's balloon driver
}

// Rates are figures per second between two Samples of one VM.
type Rates struct {
	Time       time.Time `json:"time"`
	CPUPercent float64   `json:"cpu_percent"` // of what the VM has: 100 is all vCPUs busy
	MemUsed    uint64    `json:"memory_used_bytes"`
	MemMax     uint64    `json:"memory_bytes"`
	DiskRead   float64   `json:"disk_read_bytes_per_s"`
	DiskWrite  float64   `json:"disk_write_bytes_per_s"`
	DiskOps    float64   `json:"disk_operations_per_s"`
	NICRx      float64   `json:"nic_rx_bytes_per_s"`
	NICTx      float64   `json:"nic_tx_bytes_per_s"`
	GuestSays  bool      `json:"-"`
	Trail      Trail     `json:"-"` // of the processor, up to these figures
}

// A Trail is the recent load of a processor in percent, oldest first; NoLoad
// stands where nothing was measured.
type Trail [30]uint8

// NoLoad is no measurement in a Trail.
const NoLoad = 255

// RatesBetween returns the figures per second from a to b; ok is false when no
// time passed or the counters went back, as they do when the VM was restarted.
func RatesBetween(a, b Sample) (Rates, bool) {
	secs := b.Time.Sub(a.Time).Seconds()
	if secs <= 0 || b.CPUTime < a.CPUTime || b.DiskRead < a.DiskRead || b.DiskWrite < a.DiskWrite ||
		b.NICRx < a.NICRx || b.NICTx < a.NICTx || b.DiskOps < a.DiskOps {
		return Rates{}, false
	}
	r := Rates{
		Time: b.Time, MemUsed: b.MemUsed, MemMax: b.MemMax, GuestSays: b.GuestSays,
		DiskRead:  float64(b.DiskRead-a.DiskRead) / secs,
		DiskWrite: float64(b.DiskWrite-a.DiskWrite) / secs,
		DiskOps:   float64(b.DiskOps-a.DiskOps) / secs,
		NICRx:     float64(b.NICRx-a.NICRx) / secs,
		NICTx:     float64(b.NICTx-a.NICTx) / secs,
	}
	if b.VCPUs > 0 {
		r.CPUPercent = min(100, 100*(b.CPUTime-a.CPUTime).Seconds()/secs/float64(b.VCPUs))
	}
	return r, true
}
