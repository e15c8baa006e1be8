package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// sourceFlags say what a machine is installed from and what it needs for that.
var sourceFlags = []string{"os", "iso", "import", "pxe", "firmware", "tpm", "unreadable"}

func (o *createOptions) addSourceFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.spec.OS, "os", "", "`ID` of its operating system, see kvm-cli os list; unknown for none (default: what the disc is recognised as)")
	f.StringVar(&o.spec.ISO, "iso", "", "install from this disc: a `FILE` of the host, or POOL/NAME")
	f.StringVar(&o.spec.Import, "import", "", "copy this disk image `FILE` of this computer: qcow2, raw, vmdk, vdi or vhdx")
	f.BoolVar(&o.spec.PXE, "pxe", false, "boot from the network")
	f.StringVar(&o.spec.Firmware, "firmware", "", "bios, uefi or uefi-secure (default: what its OS needs)")
	f.StringVar(&o.spec.Unreadable, "unreadable", virt.UnreadableRefuse, "what to do about a file that the hypervisor may not read: refuse, copy (into a pool), grant or ignore")
	f.StringVar(&o.spec.TPM, "tpm", "", "yes or no (default: with UEFI, where the host has one)")
}

// source checks the flags and makes the names of files whole. A disc of more
// words than one is a volume: discs/debian.iso lies in the pool discs, but
// ./discs/debian.iso in a folder.
func (o *createOptions) source(cmd *cobra.Command, spec *virt.VMSpec) error {
	for _, name := range sourceFlags {
		if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return usage("--%s has no value", name).WithHint("Give it one, or leave it out.")
		}
	}
	if spec.ISO != "" && (!strings.Contains(spec.ISO, "/") || strings.HasPrefix(spec.ISO, ".")) {
		path, err := filepath.Abs(spec.ISO)
		if err != nil {
			return usage("%w", err)
		}
		spec.ISO = path
	}
	if spec.Import != "" && slices.ContainsFunc(o.disks, func(d string) bool { return strings.HasPrefix(d, "import=") }) {
		return usage("--import names the image of the first disk already").WithHint("Write all images as --disk import=FILE.")
	}
	return nil
}
