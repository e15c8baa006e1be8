package hypervisor

import (
	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// explainStorage: images, pools and volumes.
var explainStorage = []explanation{
	{
		name: "no-space", says: `No space left on device|Disk quota exceeded|not enough (free )?space`,
		kind:  virt.KindNoSpace,
		cause: "The file system of the host is full, or a quota is used up.",
		hint:  "Free room there, or choose a pool with more: kvm-cli pool list",
	},
	{
		name: "file-forbidden", says: `(Cannot access (storage|backing) file|Could not open|Path) .*Permission denied`,
		kind:  virt.KindForbidden,
		cause: "QEMU's user may not open a file of the machine. Most often a directory on the way to it is closed to others; else the file itself is, or AppArmor or SELinux forbids it.",
		hint:  "Keep disks and discs in a pool such as /var/lib/libvirt/images, or let QEMU's user through: sudo setfacl -m u:libvirt-qemu:x DIRECTORY (on Fedora and openSUSE the user is called qemu).",
	},
	{
		name: "backing-missing", says: `Cannot access backing file '.*No such file or directory`,
		kind:  virt.KindNotFound,
		cause: "A disk builds on another image, its backing file, which is not there.",
		hint:  "Put the backing file back, or tell the disk where it lies now: qemu-img rebase -u -F FORMAT -b NEW-PLACE DISK",
	},
	{
		name: "disk-missing", says: `Cannot access storage file '.*No such file or directory`,
		kind:  virt.KindNotFound,
		cause: "A disk or disc of the machine is not where its definition says: it was moved or deleted, or its medium is not mounted.",
		hint:  "Put the file back, mount the medium, or remove the disk from the machine.",
	},
	{
		name: "image-in-use", says: `Failed to get (shared )?".*" lock|Is another process using the image`,
		kind:  virt.KindState,
		cause: "Another process has the image open: usually another machine that runs with the same disk, or a qemu-img at work on it.",
		hint:  "Shut that machine down or let the other program finish. Only disks marked as shareable may be used twice.",
	},
	{
		name: "disk-leased", says: `Failed to acquire lock|[Ll]ockspace resource .* is locked`,
		kind:  virt.KindState,
		cause: "libvirt's lock manager says that the disk is in use, most likely by a machine on another host.",
		hint:  "Shut that machine down first.",
	},
	{
		name: "image-damaged", says: `[Ii]mage is (marked )?corrupt|qcow2: Marking image as corrupt`,
		cause: "The image is marked as damaged: something wrote nonsense to it, or its host broke down.",
		hint:  "Keep a copy of it, then repair it while no machine uses it: qemu-img check -r all FILE",
	},
	{
		name: "image-format", says: `Image is not in \w+ format|invalid \w+ image descriptor|Image not in \w+ format`,
		kind:  virt.KindInvalid,
		cause: "The disk is declared with another format than its file has.",
		hint:  "Declare the format that the file has; qemu-img info FILE tells it.",
	},
	{
		name: "remote-refused", says: `Failed to connect to '.*': (Connection refused|No route to host)`,
		kind:  virt.KindUnavailable,
		cause: "A network disk or a serial port of the machine leads to a server that does not answer.",
		hint:  "Start that server, or correct its address in the machine's definition.",
	},
	{
		name: "pool-inactive", says: `storage pool '.*' is not active`,
		kind:  virt.KindState,
		cause: "The storage pool is stopped, so its volumes cannot be used.",
		hint:  "Start the pool first; the default one with: kvm-cli host check --fix default-pool",
	},
	{
		name: "pool-active", says: `storage pool '.*' is (already|still) active`,
		kind:  virt.KindState,
		cause: "The storage pool is started.",
		hint:  "Nothing needs to be done to start it; stop it before it is removed.",
	},
	{
		name: "pool-twice", says: `Storage source conflict with pool`,
		kind:  virt.KindExists,
		cause: "Another pool lies in the same place already.",
		hint:  "Use that pool, or choose another place: kvm-cli pool list",
	},
	{
		name: "pool-taken", says: `pool '.*' already exists with uuid|pool '.*' is already defined`,
		kind:  virt.KindExists,
		cause: "Another pool of the host has that name or UUID.",
		hint:  "Choose another name: kvm-cli pool list",
	},
	{
		name: "pool-missing", codes: []libvirt.ErrorNumber{libvirt.ERR_NO_STORAGE_POOL},
		cause: "The host has no such storage pool.",
		hint:  "See which there are: kvm-cli pool list",
	},
	{
		name: "volume-missing", codes: []libvirt.ErrorNumber{libvirt.ERR_NO_STORAGE_VOL},
		cause: "The pool has no such volume; another program may have removed or renamed it.",
		hint:  "See which there are: kvm-cli volume list POOL",
	},
	{
		name: "volume-taken", codes: []libvirt.ErrorNumber{libvirt.ERR_STORAGE_VOL_EXIST},
		cause: "The pool has a volume of that name already.",
		hint:  "Choose another name, or delete the volume that is there.",
	},
	{
		name: "volume-busy", says: `volume '.*' is still (in use|being allocated)|has asynchronous jobs running`,
		kind:  virt.KindState,
		cause: "libvirt is still at work on the volume or its pool.",
		hint:  "Try again when it has finished: kvm-cli operation list",
	},
	{
		name: "volume-shrink", says: `[Cc]an't shrink capacity below`,
		kind:  virt.KindInvalid,
		cause: "The new size is smaller than the disk is now; what lies beyond it would be lost.",
		hint:  "Choose a larger size. To shrink a disk, shrink the file systems on it first and copy it to a smaller one.",
	},
	{
		name: "usb-none", says: `cannot open directory '/sys/bus/usb`,
		kind:  virt.KindNotFound,
		cause: "The host has no USB bus.",
		hint:  "Remove the USB device from the machine.",
	},
	{
		name: "pool-directory-missing", says: `cannot open directory '.*': No such file or directory`,
		kind:  virt.KindNotFound,
		cause: "The pool's directory is not there: it was removed, or the file system it lies on is not mounted.",
		hint:  "Mount the file system or make the directory, then start the pool again.",
	},
	{
		name: "secret-missing", codes: []libvirt.ErrorNumber{libvirt.ERR_NO_SECRET},
		cause: "The host does not know the secret that the disk is opened with.",
		hint:  "Define the secret on the host and set its value: virsh secret-define FILE; virsh secret-set-value UUID --interactive",
	},
}

// explainSnapshots: snapshots, saved states and what hangs on them.
var explainSnapshots = []explanation{
	{
		name: "snapshot-format", says: `internal snapshot for disk .* unsupported for storage type|nothing selected for snapshot`,
		kind:  virt.KindUnsupported,
		cause: "Inside a disk a snapshot can only be kept when the disk is qcow2, and a disk of the machine is not, or it has none.",
		hint:  "Take a snapshot in files of its own (external), or convert the disk to qcow2.",
	},
	{
		name: "snapshot-firmware", says: `internal snapshots of a VM with pflash`,
		kind:  virt.KindUnsupported,
		cause: "This libvirt keeps no internal snapshots of machines with UEFI firmware.",
		hint:  "Take an external snapshot, or use a newer libvirt.",
	},
	{
		name: "snapshots-left", says: `cannot (delete|undefine) (in)?active domain with \d+ (snapshots|checkpoints)`,
		kind:  virt.KindState,
		cause: "The machine has snapshots, which would be forgotten.",
		hint:  "Delete the snapshots first, or delete them together with the machine.",
	},
	{
		name: "snapshot-taken", says: `domain moment .* already exists|[Ss]napshot .* already exists`,
		kind:  virt.KindExists,
		cause: "The machine has a snapshot of that name already.",
		hint:  "Choose another name.",
	},
	{
		name: "snapshot-missing", codes: []libvirt.ErrorNumber{libvirt.ERR_NO_DOMAIN_SNAPSHOT},
		cause: "The machine has no such snapshot; another program may have deleted it.",
		hint:  "Load the list of snapshots again.",
	},
	{
		name: "saved-left", says: `while domain managed save image exists`,
		kind:  virt.KindState,
		cause: "The machine has a saved state, which would be forgotten.",
		hint:  "Restore the machine, or discard its saved state: kvm-cli vm discard NAME",
	},
	{
		name: "saved-broken", says: `image magic is incorrect|failed to read qemu header|save image is incomplete|image version is not supported|Failed to load .* state|load of migration failed`,
		kind:  virt.KindInvalid,
		cause: "The saved state cannot be read: it was cut off, overwritten, or made by a QEMU that differs too much.",
		hint:  "Discard the saved state and start afresh; what was not yet on the disks is lost: kvm-cli vm discard NAME",
	},
	{
		name: "firmware-left", says: `cannot (undefine|delete) .*domain with nvram`,
		kind:  virt.KindState,
		cause: "The machine has stored UEFI settings, which would be left behind.",
		hint:  "Delete them together with the machine.",
	},
	{
		name: "migrate-unsafe", says: `Migration without shared storage is unsafe|Unsafe migration`,
		kind:  virt.KindUnsupported,
		cause: "The two hosts do not share the machine's disks as far as libvirt can see.",
		hint:  "Move the machine together with its disks, or put the disks on storage that both hosts share.",
	},
	{
		name: "migrate-same", says: `Attempt to migrate guest to the same host`,
		kind:  virt.KindInvalid,
		cause: "Source and target are the same host; two hosts with the same host_uuid also look so.",
		hint:  "Choose another host. Cloned hosts get a host_uuid of their own in libvirtd.conf.",
	},
	{
		name: "block-job", says: `already in active block job|block copy still active`,
		kind:  virt.KindState,
		cause: "Another job works on the disk.",
		hint:  "Wait for its end, or stop it: kvm-cli operation list",
	},
}
