package hypervisor

import (
	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// explainNetworks: virtual networks, bridges and cards.
var explainNetworks = []explanation{
	{
		name: "network-inactive", says: `network '.*' is not active`,
		kind:  virt.KindState,
		cause: "The virtual network that the machine is on is stopped.",
		hint:  "Start it: kvm-cli network start NAME. kvm-cli host check --fix default-network also lets the default one start with the host.",
	},
	{
		name: "network-active", says: `network is already active`,
		kind:  virt.KindState,
		cause: "The network is started already.",
		hint:  "Nothing needs to be done.",
	},
	{
		name: "network-missing", codes: []libvirt.ErrorNumber{libvirt.ERR_NO_NETWORK},
		cause: "The host has no such virtual network.",
		hint:  "See which there are (kvm-cli network list) and put the machine on one of them.",
	},
	{
		name: "network-taken", says: `network '.*' (already exists with uuid|is already defined)`,
		kind:  virt.KindExists,
		cause: "Another network of the host has that name or UUID.",
		hint:  "Choose another name: kvm-cli network list",
	},
	{
		name: "network-overlap", says: `Network is already in use by interface`,
		kind:  virt.KindState,
		cause: "An interface of the host has addresses of that range already. When the host is a virtual machine itself, its own network is often the same default one.",
		hint:  "Give the network other addresses, for example 192.168.130.0/24.",
	},
	{
		name: "network-range", says: `is not entirely within network`,
		kind:  virt.KindInvalid,
		cause: "The addresses to give away do not lie in the network's own range.",
		hint:  "Choose the first and the last address within the network.",
	},
	{
		name: "bridge-taken", says: `bridge name '.*' already in use|error creating bridge interface .*File exists`,
		kind:  virt.KindExists,
		cause: "The host has an interface of that name already.",
		hint:  "Choose another name for the bridge, or leave it out.",
	},
	{
		name: "dnsmasq-missing", says: `Unable to find 'dnsmasq' binary`,
		kind:  virt.KindUnsupported,
		cause: "dnsmasq, which gives addresses and names to machines, is not installed on the host.",
		hint:  "Install it on the host: kvm-cli host check names the package.",
	},
	{
		name: "dnsmasq-failed", says: `dnsmasq.*(unexpected exit|unexpected fatal)`,
		cause: "dnsmasq, which gives addresses and names to machines, did not start: usually another server has the port.",
		hint:  "See who listens at port 53: sudo ss -lnup 'sport = :53'",
	},
	{
		name: "interface-missing", says: `(Cannot get interface|Unable to get index for interface|Unable to add bridge|Cannot find .*interface).*No such device`,
		kind:  virt.KindNotFound,
		cause: "The host has no bridge or interface of the name that the machine's network card is on.",
		hint:  "Make the bridge on the host, or put the card on one that is there: ip -brief link",
	},
	{
		name: "openvswitch", says: `Open ?vSwitch|OVS bridge|ovs-vsctl`,
		kind:  virt.KindUnavailable,
		cause: "Open vSwitch does not take the machine's port: usually it is not started, or the bridge is not one of its own.",
		hint:  "Start it and look at its bridges: sudo systemctl start openvswitch-switch (or openvswitch); sudo ovs-vsctl show",
	},
	{
		name: "bridge-helper", says: `bridge helper|access denied by acl file`,
		kind:  virt.KindForbidden,
		cause: "Machines of your own session may only use bridges that the administrator has allowed.",
		hint:  "Allow it: echo 'allow BRIDGE' | sudo tee -a /etc/qemu/bridge.conf; or use user networking.",
	},
	{
		name: "tap-refused", says: `Unable to (create|open) .*tap|/dev/net/tun`,
		kind:  virt.KindForbidden,
		cause: "QEMU gets no network device of the host: this needs the system daemon, or the tun module is missing.",
		hint:  "Use qemu:///system, or user networking for machines of your own session. The module: sudo modprobe tun",
	},
	{
		name: "filter-missing", says: `referenced filter '.*' is missing|no nwfilter with matching`,
		kind:  virt.KindNotFound,
		cause: "The host has no network filter of that name.",
		hint:  "See which there are: virsh nwfilter-list. Those that come with libvirt are in libvirt-daemon-config-nwfilter.",
	},
}

// explainDevices: devices of machines, and of the host given to them.
var explainDevices = []explanation{
	{
		name: "address-twice", says: `Attempted double use of (PCI|USB)|address .* (is )?already in use`,
		kind:  virt.KindInvalid,
		cause: "Two devices of the definition have the same address.",
		hint:  "Remove the <address> of one of them; libvirt then finds a free one.",
	},
	{
		name: "target-twice", says: `target '.*' duplicated for disk`,
		kind:  virt.KindInvalid,
		cause: "Two disks of the definition have the same target, such as vda.",
		hint:  "Give one of them another target, such as vdb.",
	},
	{
		name: "boot-twice", says: `boot order '.*' used for more than one device`,
		kind:  virt.KindInvalid,
		cause: "Two devices have the same place in the boot order.",
		hint:  "Give each device a place of its own.",
	},
	{
		name: "slots-full", says: `No more available PCI (slots|addresses)`,
		kind:  virt.KindUnsupported,
		cause: "There is no free slot for another device.",
		hint:  "Remove a device, or use the machine type q35 with more root ports.",
	},
	{
		name: "hotplug", says: `does not support hotplugging|cannot be hotplugged|hotplug is not supported`,
		kind:  virt.KindUnsupported,
		cause: "This kind of device cannot be added to a machine that is on.",
		hint:  "Add it to the definition and start the machine anew, or use another bus: virtio, scsi or usb for disks.",
	},
	{
		name: "device-missing", codes: []libvirt.ErrorNumber{libvirt.ERR_DEVICE_MISSING},
		cause: "The machine has no such device, or no longer.",
		hint:  "Load the machine's devices again.",
	},
	{
		name: "usb-gone", says: `Did not find USB device`,
		kind:  virt.KindNotFound,
		cause: "The USB device that the machine is to have is not plugged in to the host, or not where it was.",
		hint:  "Plug it in, or remove it from the machine. lsusb lists the devices of the host.",
	},
	{
		name: "passthrough-off", says: `doesn't support passthrough of host PCI devices|VFIO device assignment is currently not supported|[Nn]o IOMMU|iommu_group`,
		kind:  virt.KindUnsupported,
		cause: "The host cannot give PCI devices to machines: usually the IOMMU is off in its firmware or in the kernel's command line.",
		hint:  "Turn on VT-d or AMD-Vi in the firmware, and add intel_iommu=on to the kernel's command line where the processor is Intel's.",
	},
	{
		name: "pci-in-use", says: `PCI device .* is (already )?in use|is in use by driver`,
		kind:  virt.KindState,
		cause: "Another machine has the PCI device.",
		hint:  "Shut that machine down, or give it another device.",
	},
	{
		name: "iommu-q35", says: `IOMMU device: '.*' is only supported with`,
		kind:  virt.KindUnsupported,
		cause: "The machine type has no such IOMMU.",
		hint:  "Use the machine type q35.",
	},
	{
		name: "virtiofs-memory", says: `'virtiofs' requires shared memory`,
		kind:  virt.KindInvalid,
		cause: "A shared folder needs memory that QEMU shares with the program that serves it.",
		hint:  "Add to the definition: <memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>",
	},
	{
		name: "virtiofsd-missing", says: `Unable to find a satisfying virtiofsd`,
		kind:  virt.KindUnsupported,
		cause: "virtiofsd, which serves shared folders, is not installed on the host or has no description that libvirt finds.",
		hint:  "Install it on the host: kvm-cli host check names the package.",
	},
	{
		name: "tpm-device", says: `Could not open TPM device`,
		kind:  virt.KindNotFound,
		cause: "The host has no TPM, or it may not be used.",
		hint:  "Use an emulated TPM, which needs swtpm on the host.",
	},
	{
		name: "swtpm-missing", says: `Unable to find 'swtpm\w*' binary|TPM version '.*' is not supported`,
		kind:  virt.KindUnsupported,
		cause: "The host cannot emulate this TPM: most likely swtpm is not installed there, or too old.",
		hint:  "Install it on the host: kvm-cli host check names the package.",
	},
	{
		name: "disk-not-there", says: `disk '?\w+'? (was )?not found|no such disk|does not have an active block job`,
		kind:  virt.KindNotFound,
		cause: "The machine has no such disk, or no job works on it.",
		hint:  "See its disks: kvm-cli vm show NAME",
	},
}
