package virt

// A VMSpec is what a new VM shall be. Zero values mean: let the host's
// capabilities and our defaults decide.
type VMSpec struct {
	Name     string
	Memory   uint64 // bytes
	VCPUs    uint
	OS       string // libosinfo's short id; empty: what the ISO is recognised as; UnknownOS: none
	Try      bool   // the tiny Linux machine
	Kernel   string // path on the host, or POOL/NAME of a volume
	Initrd   string
	Cmdline  string
	ISO      string // installation medium: path on the host, or POOL/NAME of a volume
	Import   string // disk image on this computer: short for a first disk with Import
	PXE      bool   // boot from the network
	Firmware string // bios, uefi or uefi-secure; empty: what the OS needs
	TPM      string // yes or no; empty: when the OS needs it or the firmware is UEFI
	// Unreadable says what to do about files on the host that the hypervisor may
	// not read: one of the constants below; empty: refuse.
	Unreadable string
	XML        string // a whole domain document; all but Name, Start and Autostart must be zero
	Edited     string // Preview's document of this spec as a person changed it: the files of the spec are made, and this is defined
	Disks      []DiskSpec
	NoDisk     bool
	Network    string // network name; "none" for no card, empty for the default network
	MAC        string
	UUID       string
	Accel      string // auto, kvm or tcg
	Machine    string
	NoScreen   bool
	BootMenu   bool
	Autostart  bool
	Start      bool
}

// What to do about files that the hypervisor may not read.
const (
	UnreadableRefuse = "refuse"
	UnreadableCopy   = "copy"   // into a pool
	UnreadableGrant  = "grant"  // by access control lists, to the hypervisor's user
	UnreadableIgnore = "ignore" // the machine will not start
)

// A FileAccess is what keeps the hypervisor from a file.
type FileAccess struct {
	Path      string         `json:"path"`
	Size      uint64         `json:"size_bytes"` // 0 when it cannot be seen
	User      string         `json:"user"`       // whom the hypervisor runs as; empty without obstacles
	Obstacles []FileObstacle `json:"obstacles"`  // in the order of the way
}

// A FileObstacle is a directory that the hypervisor may not enter, or the file
// that it may not read.
type FileObstacle struct {
	Path  string `json:"path"`
	Needs string `json:"needs"` // enter or read
}

// What the hypervisor needs of an obstacle.
const (
	NeedsEnter = "enter"
	NeedsRead  = "read"
)

// A Preparation is what creating a VM changes on its host beside making the VM:
// PoolToMake, PoolToStart, NetworkToMake or NetworkToStart.
type Preparation struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Path   string `json:"path,omitempty"`   // of a pool
	Subnet string `json:"subnet,omitempty"` // of a network to make, such as 192.168.122.0/24
}

// The kinds of preparations.
const (
	PoolToMake     = "make-pool"
	PoolToStart    = "start-pool"
	NetworkToMake  = "make-network"
	NetworkToStart = "start-network"
)

// UnknownOS says that nothing is known of the OS, not even by its ISO.
const UnknownOS = "unknown"

// A DiskSpec is a disk to make (Size), to make of an image on this computer
// (Import), or to use (Volume as POOL/NAME, or Path).
type DiskSpec struct {
	Size   uint64 // bytes
	Volume string
	Path   string
	Import string // qcow2, raw, vmdk, vdi or vhdx
	Format string
	Bus    string
	Pool   string
}

// Removal says what a delete took away and what it left.
type Removal struct {
	Removed []RemovedItem `json:"removed"`
	Kept    []RemovedItem `json:"kept"`
}

// A RemovedItem is one thing a delete considered; Reason says why it was kept.
type RemovedItem struct {
	Kind   string `json:"kind"` // vm, disk, nvram, saved-state, tpm
	Name   string `json:"name"`
	Reason string `json:"reason,omitempty"`
}

// A DeleteSpec says what goes along with a VM.
type DeleteSpec struct {
	Disks []string // targets; nil: all that nothing else uses and that lie in pools; empty: none
	Force bool     // force off when it runs
}
