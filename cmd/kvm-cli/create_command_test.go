package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
)

// The window shows the command of what it is about to make. A shell and our
// flags must read the same spec out of it.
func TestTheCommandThatTheWindowShowsIsReadBackAsItsSpec(t *testing.T) {
	for _, spec := range []virt.VMSpec{
		{Name: "plain"},
		{Name: "it's a \"name\" $HOME", Try: true, Start: true, Cmdline: "a  b; c"},
		{Name: "disks", Memory: 3 << 29, VCPUs: 4, Disks: []virt.DiskSpec{{Size: 20 << 30, Format: "raw", Pool: "fast"}, {Volume: "p/v"}, {Import: "/a b", Format: "qcow2"}}},
		{Name: "iso", ISO: "/srv/a b.iso", OS: "win11", Firmware: "uefi-secure", TPM: "no", NoDisk: true, Network: "none", NoScreen: true},
		{Name: "kernel", Kernel: "/k", Initrd: "/i", Accel: "tcg", Machine: "pc", MAC: "52:54:00:00:00:01", BootMenu: true, Autostart: true},
		{Name: "pxe", PXE: true, UUID: "11111111-1111-4111-8111-111111111111"},
	} {
		command := vm.Command("", spec)
		words, err := exec.Command("sh", "-c", "set -- "+command+`; printf '%s\0' "$@"`).Output()
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		args := strings.Split(strings.TrimSuffix(string(words), "\x00"), "\x00")
		if got := readBack(t, args[1:]); vm.Command("", got) != command {
			t.Errorf("%s\nwas read as\n%s", command, vm.Command("", got))
		}
	}
}

// readBack reads "vm create NAME" and its flags as the program does.
func readBack(t *testing.T, args []string) virt.VMSpec {
	t.Helper()
	var o createOptions
	var read virt.VMSpec
	root, noun := &cobra.Command{Use: "kvm-cli"}, &cobra.Command{Use: "vm"}
	verb := &cobra.Command{Use: "create", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) (err error) {
		read, err = o.complete(&cli{}, cmd, args[0])
		return err
	}}
	o.addFlags(verb)
	o.addSourceFlags(verb)
	noun.AddCommand(verb)
	root.AddCommand(noun)
	root.SetArgs(args)
	if err := root.Execute(); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return read
}
