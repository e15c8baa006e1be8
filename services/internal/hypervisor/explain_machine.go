package hypervisor

import (
	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// explainMachines: definitions, and what a machine's state forbids.
var explainMachines = []explanation{
	{
		name: "name-taken", says: `domain '.*' already exists with uuid`,
		kind:  virt.KindExists,
		cause: "Another machine of this host has that name.",
		hint:  "Choose another name, or delete or rename the other machine.",
	},
	{
		name: "uuid-taken", says: `domain '.*' is already defined with uuid`,
		kind:  virt.KindExists,
		cause: "Another machine of this host has that UUID.",
		hint:  "Leave the UUID out, so that a new one is made.",
	},
	{
		name: "already-on", says: `domain is already (running|active)|domain '.*' is already active`,
		kind:  virt.KindState,
		cause: "The machine is on already; somebody else may have started it.",
		hint:  "Nothing needs to be done.",
	},
	{
		name: "not-on", says: `domain is not running`,
		kind:  virt.KindState,
		cause: "The machine is off.",
		hint:  "Start it first: kvm-cli vm start NAME",
	},
	{
		name: "transient", says: `(for|on|undefine|managed save for) (a )?transient domain`,
		kind:  virt.KindState,
		cause: "The machine has no stored definition: when it goes off, it is gone.",
		hint:  "Store its definition first: kvm-cli vm xml NAME > FILE, then virsh define FILE",
	},
	{
		name: "machine-missing", codes: []libvirt.ErrorNumber{libvirt.ERR_NO_DOMAIN},
		cause: "The host has no such machine; another program may have deleted it.",
		hint:  "See which there are: kvm-cli vm list",
	},
	{
		name: "machine-busy", says: `cannot acquire state change lock`,
		kind:  virt.KindTimeout,
		cause: "Another operation on the machine has not ended: often a save, a snapshot or a migration, else a QEMU that hangs.",
		hint:  "Wait for it (kvm-cli operation list). A QEMU that hangs can only be forced off: kvm-cli vm off NAME",
	},
	{
		name: "emulator-missing", says: `Cannot (check|find) QEMU binary`,
		kind:  virt.KindNotFound,
		cause: "The definition names an emulator that the host does not have.",
		hint:  "Install QEMU on the host (kvm-cli host check names the package), or remove <emulator> from the definition.",
	},
	{
		name: "no-kvm", says: `does not support virt type 'kvm'|could not (get preferred machine|find capabilities) .*type=kvm|Could not access KVM kernel module|failed to initialize kvm`,
		kind:  virt.KindUnsupported,
		cause: "KVM cannot be used on the host: usually virtualisation is off in its firmware, the kvm module is not loaded, or QEMU may not open /dev/kvm.",
		hint:  "On the host, kvm-cli host check tells which. Without KVM machines run by emulation (--accel tcg), many times slower.",
	},
	{
		name: "architecture", says: `No emulator found for arch|could not find capabilities for .*arch=`,
		kind:  virt.KindUnsupported,
		cause: "The host has no QEMU for this kind of processor.",
		hint:  "Install it: qemu-system-arm, -ppc, -misc and so on at Debian and Ubuntu, qemu-system-aarch64 and so on elsewhere.",
	},
	{
		name: "machine-type", says: `does not support machine type|unsupported machine type|No PCI buses available`,
		kind:  virt.KindUnsupported,
		cause: "The host's QEMU does not know the machine type: usually the definition comes from another QEMU or distribution.",
		hint:  "Use a type that this host has, such as q35 or pc.",
	},
	{
		name: "firmware-missing", says: `Unable to find any firmware to satisfy`,
		kind:  virt.KindUnsupported,
		cause: "No UEFI firmware of the host does what the machine asks: none is installed, or none for this machine type, or none with Secure Boot.",
		hint:  "Install OVMF on the host (kvm-cli host check names the package). Secure Boot wants the machine type q35.",
	},
	{
		name: "firmware-template", says: `unable to find any master var store for loader`,
		kind:  virt.KindNotFound,
		cause: "libvirt does not know the firmware file, so it has no template for the machine's UEFI settings.",
		hint:  "Let libvirt choose the firmware (firmware='efi'), or install OVMF from the host's packages.",
	},
	{
		name: "firmware-acpi", says: `UEFI requires ACPI`,
		kind:  virt.KindInvalid,
		cause: "A machine with UEFI firmware must have ACPI.",
		hint:  "Add <acpi/> to the features of the definition.",
	},
	{
		name: "cpu-model", says: `[Uu]nknown CPU model`,
		kind:  virt.KindUnsupported,
		cause: "The host's libvirt does not know the processor model.",
		hint:  "Choose a model the host knows: virsh cpu-models x86_64",
	},
	{
		name: "cpu-feature", says: `unknown CPU feature`,
		kind:  virt.KindUnsupported,
		cause: "The host's libvirt does not know a processor feature that the definition names.",
		hint:  "Remove the feature from the definition.",
	},
	{
		name: "cpu-lacking", says: `guest CPU doesn't match specification|CPU is (not compatible|incompatible) with host CPU|does not provide required features`,
		kind:  virt.KindUnsupported,
		cause: "The host's processor, or its emulation, lacks features that the machine's processor model has.",
		hint:  "Choose an older model, or host-model, which takes what the host has.",
	},
	{
		name: "cpu-mode", says: `CPU mode '.*' for .* is not supported by hypervisor`,
		kind:  virt.KindUnsupported,
		cause: "The processor mode is not possible here: host-passthrough needs KVM, and this machine most likely runs by emulation.",
		hint:  "Choose another processor mode, or run the machine with KVM.",
	},
	{
		name: "cpus-most", says: `Maximum CPUs greater than specified machine type limit`,
		kind:  virt.KindUnsupported,
		cause: "The machine type cannot have so many processors.",
		hint:  "Give the machine fewer processors, or use a newer machine type (q35 has more than pc).",
	},
	{
		name: "cpu-topology", says: `CPU topology doesn't match`,
		kind:  virt.KindInvalid,
		cause: "Sockets times cores times threads is not the number of processors.",
		hint:  "Make the product the same as the number of processors, or leave the topology out.",
	},
	{
		name: "cpus-over", says: `requested vcpus is greater than max`,
		kind:  virt.KindInvalid,
		cause: "The machine was started with fewer processors at the most.",
		hint:  "Raise the maximum in its definition; it holds from the next start on.",
	},
	{
		name: "memory-over", says: `cannot set memory higher than max memory`,
		kind:  virt.KindInvalid,
		cause: "The machine was started with less memory at the most.",
		hint:  "Raise the maximum in its definition; it holds from the next start on.",
	},
	{
		name: "agent-none", says: `QEMU guest agent is not configured`,
		kind:  virt.KindUnsupported,
		cause: "The machine has no channel for the guest agent.",
		hint:  "Add a channel named org.qemu.guest_agent.0 to the machine, and install qemu-guest-agent in its system.",
	},
	{
		name: "agent-silent", codes: []libvirt.ErrorNumber{libvirt.ERR_AGENT_UNRESPONSIVE},
		cause: "The guest agent does not answer: most often it is not installed in the guest's system or not started; else the system still boots or hangs.",
		hint:  "In the guest: install qemu-guest-agent and start it: sudo systemctl enable --now qemu-guest-agent",
	},
	{
		name: "not-asleep", says: `wake-up from suspend is not supported by this guest|guest is not in suspended state`,
		kind:  virt.KindState,
		cause: "The machine cannot be woken: it does not sleep, or its type knows no sleep.",
		hint:  "If it is paused, resume it: kvm-cli vm resume NAME",
	},
	{
		name: "document-broken", codes: []libvirt.ErrorNumber{libvirt.ERR_XML_DETAIL},
		cause: "The document is not well formed: a mark is missing or misplaced at the line that is named.",
		hint:  "Correct that line; xmllint --noout FILE finds such faults.",
	},
	{
		name: "value-unknown", says: `Invalid value for attribute|unknown on_\w+ action|[Ii]nvalid value for element`,
		kind:  virt.KindInvalid,
		cause: "The definition has a value that this libvirt does not know: it is misspelt, or of a newer libvirt.",
		hint:  "Correct the value; libvirt.org/formatdomain.html lists what is possible.",
	},
	{
		name: "document-schema", codes: []libvirt.ErrorNumber{libvirt.ERR_XML_INVALID_SCHEMA},
		cause: "The document has parts that libvirt does not know: misspelt, misplaced, or of a newer libvirt.",
		hint:  "Compare it with libvirt.org/formatdomain.html.",
	},
	{
		name: "document-root", says: `expecting root element of|unexpected root element`,
		kind:  virt.KindInvalid,
		cause: "The document describes another kind of thing.",
		hint:  "Give a document whose outermost element is the one that is expected.",
	},
}

// explainStarts: what only shows when a machine starts. QEMU's own words come
// last: they are behind the same code for everything.
var explainStarts = []explanation{
	{
		name: "no-memory", says: `cannot set up guest memory`,
		kind:  virt.KindState,
		cause: "The host cannot give the machine its memory: it is more than is free, or more than a limit of the host allows.",
		hint:  "Give the machine less memory, or shut others down. kvm-cli host show tells what is free.",
	},
	{
		name: "hugepages-off", says: `hugetlbfs filesystem is not mounted|unable to find any usable hugetlbfs mount`,
		kind:  virt.KindUnsupported,
		cause: "The machine wants huge pages, and the host has no file system for pages of that size.",
		hint:  "Mount it on the host (sudo mount -t hugetlbfs hugetlbfs /dev/hugepages) and restart libvirtd, or take huge pages off the machine.",
	},
	{
		name: "hugepages-few", says: `unable to map backing store for guest RAM|not enough free huge ?pages`,
		kind:  virt.KindState,
		cause: "The machine wants huge pages, and most likely too few are free on the host.",
		hint:  "Set more aside: sudo sysctl vm.nr_hugepages=NUMBER (of 2 MiB each, usually).",
	},
	{
		name: "numa-node", says: `NUMA node \d+ is unavailable`,
		kind:  virt.KindUnsupported,
		cause: "The machine is bound to a memory node that the host does not have.",
		hint:  "Remove the binding; virsh capabilities lists the host's nodes.",
	},
	{
		name: "cpu-pinned", says: `cpuset\.cpus|cannot set CPU affinity`,
		kind:  virt.KindUnsupported,
		cause: "The machine is bound to processors that the host does not have or may not use.",
		hint:  "Change the binding to processors of this host.",
	},
	{
		name: "port-taken", says: `Failed to reserve port|Failed to find an available port|Address already in use|Unable to find an unused port`,
		kind:  virt.KindState,
		cause: "A port of the machine, usually the one of its screen, is in use by another program or machine.",
		hint:  "Let libvirt choose the port (autoport='yes'), or choose another one.",
	},
	{
		name: "file-missing", says: `unable to stat: |Path '.*' is not accessible: No such file|Could not open '.*': No such file|could not (open|load) kernel|Failed to open file '.*': No such file`,
		kind:  virt.KindNotFound,
		cause: "A file or device that the machine names is not there: its kernel, its firmware or a device, for instance.",
		hint:  "Put it back, or correct the path in the definition.",
	},
	{
		name: "directory-missing", says: `(Failed to create file|Unable to bind to UNIX socket path|cannot create path) '.*No such file or directory`,
		kind:  virt.KindNotFound,
		cause: "A file or socket of the machine is to be made in a directory that is not there.",
		hint:  "Make the directory, or choose another path in the definition.",
	},
	{
		name: "device-model", says: `is not a valid device model name|does not support (video model|device)`,
		kind:  virt.KindUnsupported,
		cause: "The host's QEMU does not know a device model of the machine: it is misspelt, or part of a package that is not installed.",
		hint:  "Choose another model for the device.",
	},
	{
		name: "apparmor", says: `AppArmor`,
		kind:  virt.KindForbidden,
		cause: "AppArmor kept libvirt from setting up the machine's profile.",
		hint:  "Look what was denied: sudo journalctl -k --grep apparmor. Disks outside the usual places go into /etc/apparmor.d/local/abstractions/libvirt-qemu.",
	},
	{
		name: "selinux", says: `SELinux|unable to set security context`,
		kind:  virt.KindForbidden,
		cause: "SELinux labels could not be set on a file of the machine: usually its file system knows none, such as NFS or FAT.",
		hint:  "Move the file, or allow it for the file system: sudo setsebool -P virt_use_nfs 1",
	},
	{
		name: "program-missing", says: `Unable to find '.*' binary in \$PATH`,
		kind:  virt.KindUnsupported,
		cause: "A program that libvirt needs for this is not installed on the host.",
		hint:  "Install the program that is named with the host's packages.",
	},
	{
		name: "qemu-ended", says: `process exited while connecting to monitor|unexpectedly closed the monitor|End of file from (qemu )?monitor`,
		cause: "QEMU ended by itself; the end of libvirt's text has its last words.",
		hint:  "They usually name the device or option that it did not like. The whole log is /var/log/libvirt/qemu/NAME.log on the host.",
	},
}
