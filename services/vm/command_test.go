package vm

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestTheCommandOfASpecNamesWhatWasChosenOnly(t *testing.T) {
	for _, c := range []struct {
		spec virt.VMSpec
		want string
	}{
		{virt.VMSpec{Name: "web", Accel: "auto"}, "kvm-cli --host qemu:///system vm create web"},
		{virt.VMSpec{Name: "it's mine", Try: true, Start: true}, `kvm-cli --host qemu:///system vm create 'it'\''s mine' --try --start`},
		{
			virt.VMSpec{Name: "a", Memory: 1536 << 20, VCPUs: 2, Disks: []virt.DiskSpec{{Size: 20 << 30, Format: "raw", Pool: "fast"}, {Import: "/x y"}}},
			"kvm-cli --host qemu:///system vm create a --memory 1536MiB --vcpus 2 --disk size=20GiB,format=raw,pool=fast --disk 'import=/x y'",
		},
		{
			virt.VMSpec{Name: "a", ISO: "p/v.iso", OS: "win11", Firmware: "uefi-secure", TPM: "yes", NoDisk: true, Network: "none", NoScreen: true},
			"kvm-cli --host qemu:///system vm create a --iso p/v.iso --os win11 --firmware uefi-secure --tpm yes --no-disk --network none --no-graphics",
		},
		{
			virt.VMSpec{Name: "a", Memory: 1000, Kernel: "/k", Initrd: "/i", Cmdline: "console=ttyS0 quiet $x", MAC: "52:54:00:00:00:01", BootMenu: true, Autostart: true},
			"kvm-cli --host qemu:///system vm create a --memory 1000B --kernel /k --initrd /i --cmdline 'console=ttyS0 quiet $x' --mac 52:54:00:00:00:01 --boot-menu --autostart",
		},
	} {
		if got := Command("qemu:///system", c.spec); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestTheCommandOfADeletionNamesTheDisksThatGo(t *testing.T) {
	for want, spec := range map[string]virt.DeleteSpec{
		"kvm-cli --host test:///default vm delete 'my vm' --yes":                 {},
		"kvm-cli --host test:///default vm delete 'my vm' --yes --disks none":    {Disks: []string{}},
		"kvm-cli --host test:///default vm delete 'my vm' --yes --disks vda,sdb": {Disks: []string{"vda", "sdb"}},
		"kvm-cli --host test:///default vm delete 'my vm' --yes --force":         {Force: true},
	} {
		if got := DeleteCommand("test:///default", "my vm", spec); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
