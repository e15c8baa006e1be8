package vm

import (
	"strconv"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Command returns the command line of kvm-cli that creates a VM of this spec on
// the host of the URI or name, quoted for a POSIX shell. A spec with a document of its
// own has none, because the document comes from a file.
func Command(host string, spec virt.VMSpec) string {
	return command(host, append([]string{"vm", "create", spec.Name}, flags(spec)...)...)
}

// DeleteCommand returns the command line of kvm-cli that deletes the VM of the
// name on the host of the URI or name, quoted for a POSIX shell.
func DeleteCommand(host, name string, spec virt.DeleteSpec) string {
	words := []string{"vm", "delete", name, "--yes"}
	switch {
	case spec.Disks == nil:
	case len(spec.Disks) == 0:
		words = append(words, "--disks", "none")
	default:
		words = append(words, "--disks", strings.Join(spec.Disks, ","))
	}
	if spec.Force {
		words = append(words, "--force")
	}
	return command(host, words...)
}

func command(host string, rest ...string) string {
	words := []string{"kvm-cli"}
	if host != "" {
		words = append(words, "--host", host)
	}
	words = append(words, rest...)
	for i, w := range words {
		words[i] = quoted(w)
	}
	return strings.Join(words, " ")
}

// flags are the options of kvm-cli vm create, in the order of its help.
func flags(spec virt.VMSpec) []string {
	var list []string
	text := func(flag, value string) {
		if value != "" {
			list = append(list, "--"+flag, value)
		}
	}
	set := func(flag string, on bool) {
		if on {
			list = append(list, "--"+flag)
		}
	}
	if spec.Memory > 0 {
		text("memory", exactSize(spec.Memory))
	}
	if spec.VCPUs > 0 {
		text("vcpus", strconv.FormatUint(uint64(spec.VCPUs), 10))
	}
	set("try", spec.Try)
	text("kernel", spec.Kernel)
	text("initrd", spec.Initrd)
	text("cmdline", spec.Cmdline)
	text("iso", spec.ISO)
	text("import", spec.Import)
	set("pxe", spec.PXE)
	text("os", spec.OS)
	text("firmware", spec.Firmware)
	text("tpm", spec.TPM)
	if spec.Unreadable != virt.UnreadableRefuse { // what it is anyway
		text("unreadable", spec.Unreadable)
	}
	for _, d := range spec.Disks {
		text("disk", diskFlag(d))
	}
	set("no-disk", spec.NoDisk)
	text("network", spec.Network)
	text("mac", spec.MAC)
	text("uuid", spec.UUID)
	if spec.Accel != "auto" { // what it is anyway
		text("accel", spec.Accel)
	}
	text("machine", spec.Machine)
	set("no-graphics", spec.NoScreen)
	set("boot-menu", spec.BootMenu)
	set("autostart", spec.Autostart)
	set("start", spec.Start)
	return list
}

func diskFlag(d virt.DiskSpec) string {
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+"="+value)
		}
	}
	if d.Size > 0 {
		add("size", exactSize(d.Size))
	}
	add("volume", d.Volume)
	add("path", d.Path)
	add("import", d.Import)
	add("format", d.Format)
	add("bus", d.Bus)
	add("pool", d.Pool)
	return strings.Join(parts, ",")
}

// exactSize writes bytes in the largest unit that holds them without a rest.
func exactSize(bytes uint64) string {
	for _, u := range []struct {
		name  string
		shift uint
	}{{"TiB", 40}, {"GiB", 30}, {"MiB", 20}, {"KiB", 10}} {
		if bytes>>u.shift > 0 && bytes&(1<<u.shift-1) == 0 {
			return strconv.FormatUint(bytes>>u.shift, 10) + u.name
		}
	}
	return strconv.FormatUint(bytes, 10) + "B"
}

// plain are the characters that mean nothing to a shell.
const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=:,./@%"

// quoted puts a word into single quotes where a shell would read more into it.
func quoted(word string) string {
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
