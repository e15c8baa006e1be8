package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

type createOptions struct {
	spec   virt.VMSpec
	memory string
	vcpus  int
	xml    string
	disks  []string
	dryRun bool
}

func newVMCreateCommand(c *cli) *cobra.Command {
	var o createOptions
	cmd := &cobra.Command{
		Use: "create NAME", Short: "Make a machine", Args: exact("NAME"),
		Long: `Make a machine and print it as vm show does.

What it boots: --iso, an installation disc; --import, a copy of a disk image;
--pxe, the network; --try, a tiny Linux machine made from this computer's own
kernel or distribution, with a shell on its screen and serial port; --kernel
with --initrd and --cmdline; --xml, a libvirt domain document; or nothing but an
empty disk.

Memory, processors, disk and devices follow from the operating system: --os, or
what the disc is recognised as.

Where a disk needs a pool and there is none, the pool default is made at libvirt's
usual place; without a --network, the network default is made where it is missing,
on addresses that are free. A stopped default pool or network is started. It is
said on stderr.

When anything fails, nothing of the machine stays.`,
		Example: `  kvm-cli vm create demo --try --start
  kvm-cli vm create web --iso /isos/debian.iso --start
  kvm-cli vm create old --import ~/old.vmdk --os win10
  kvm-cli vm create web --memory 2GiB --vcpus 2 --disk size=40GiB
  kvm-cli vm create lab --kernel /srv/vmlinuz --initrd /srv/initrd.img --cmdline console=ttyS0 --no-disk
  kvm-cli vm xml web | kvm-cli vm create web2 --xml - --dry-run`,
		RunE: func(cmd *cobra.Command, args []string) error {
			spec, err := o.complete(c, cmd, args[0])
			if err != nil {
				return err
			}
			return c.create(cmd.Context(), spec, o.dryRun)
		},
	}
	o.addFlags(cmd)
	o.addSourceFlags(cmd)
	return cmd
}

func (o *createOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.memory, "memory", "", "`SIZE` of its memory (default: what its OS wants, else 1GiB)")
	f.IntVar(&o.vcpus, "vcpus", 1, "`NUMBER` of its processors")
	f.BoolVar(&o.spec.Try, "try", false, "a tiny Linux machine")
	f.StringVar(&o.spec.Kernel, "kernel", "", "boot this kernel `FILE` of the host")
	f.StringVar(&o.spec.Initrd, "initrd", "", "initial RAM disk `FILE` for --kernel")
	f.StringVar(&o.spec.Cmdline, "cmdline", "", "command line `TEXT` for --kernel or --try")
	f.StringVar(&o.xml, "xml", "", "libvirt domain document `FILE`; - is stdin")
	f.StringArrayVar(&o.disks, "disk", nil, "a disk: size=20GiB or volume=POOL/NAME or path=FILE or import=FILE, and format=, bus=, pool= (repeat for more)")
	f.BoolVar(&o.spec.NoDisk, "no-disk", false, "no disk")
	f.StringVar(&o.spec.Network, "network", "", "`NAME` of its network, or none (default: the network called default)")
	f.StringVar(&o.spec.MAC, "mac", "", "`ADDRESS` of its network card")
	f.StringVar(&o.spec.UUID, "uuid", "", "its `UUID`")
	f.StringVar(&o.spec.Accel, "accel", "auto", "auto, kvm or tcg; auto takes KVM only after a guest ran under it")
	f.StringVar(&o.spec.Machine, "machine", "", "machine `TYPE`, such as q35")
	f.BoolVar(&o.spec.NoScreen, "no-graphics", false, "no screen, only the serial port")
	f.BoolVar(&o.spec.BootMenu, "boot-menu", false, "offer the firmware's boot menu")
	f.BoolVar(&o.spec.Autostart, "autostart", false, "start it with its host")
	f.BoolVar(&o.spec.Start, "start", false, "start it now")
	f.BoolVar(&o.dryRun, "dry-run", false, "print its definition and change nothing")
}

// complete turns the flags into a spec.
func (o *createOptions) complete(c *cli, cmd *cobra.Command, name string) (virt.VMSpec, error) {
	spec := o.spec
	spec.Name = name
	if err := o.source(cmd, &spec); err != nil {
		return spec, err
	}
	if err := noneEmpty(cmd, "memory", "kernel", "initrd", "xml", "network", "mac", "uuid", "accel", "machine"); err != nil {
		return spec, err
	}
	var err error
	if o.memory != "" {
		if spec.Memory, err = virt.ParseSize(o.memory); err != nil {
			return spec, err
		}
		if spec.Memory == 0 {
			return spec, usage("a machine needs memory")
		}
	}
	if o.vcpus < 1 || o.vcpus > math.MaxInt32 {
		return spec, usage("a machine needs at least one processor, not %d", o.vcpus)
	}
	if cmd.Flags().Changed("vcpus") {
		spec.VCPUs = uint(o.vcpus)
	}
	for _, text := range o.disks {
		disk, err := parseDisk(text)
		if err != nil {
			return spec, err
		}
		spec.Disks = append(spec.Disks, disk)
	}
	if o.xml != "" {
		if spec.XML, err = c.document(o.xml); err != nil {
			return spec, err
		}
		return spec, onlyXML(cmd)
	}
	return spec, nil
}

// noneEmpty refuses flags that were given without a value, as scripts do whose
// variable is not set: what would be made is not what was meant.
func noneEmpty(cmd *cobra.Command, flags ...string) error {
	for _, name := range flags {
		if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return usage("--%s has no value", name).WithHint("Give it one, or leave it out.")
		}
	}
	return nil
}

// onlyXML refuses flags that a whole document leaves no room for.
func onlyXML(cmd *cobra.Command) error {
	for _, flag := range append(sourceFlags, "memory", "vcpus", "try", "kernel", "initrd", "cmdline", "disk", "no-disk", "network", "mac", "machine", "no-graphics", "boot-menu") {
		if cmd.Flags().Changed(flag) {
			return usage("--%s does not go with --xml", flag).WithHint("Write it into the document.")
		}
	}
	return nil
}

// mostXML bounds a domain document.
const mostXML = 16 << 20

func (c *cli) document(path string) (string, error) {
	in := c.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return "", usage("read the document: %w", err)
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, mostXML+1))
	switch {
	case err != nil:
		return "", usage("read the document: %w", err)
	case len(raw) > mostXML:
		return "", usage("the document is larger than 16 MiB")
	case len(bytes.TrimSpace(raw)) == 0:
		return "", usage("the document is empty")
	}
	return string(raw), nil
}

// parseDisk reads key=value pairs separated by commas.
func parseDisk(text string) (virt.DiskSpec, error) {
	var d virt.DiskSpec
	into := map[string]*string{"volume": &d.Volume, "path": &d.Path, "import": &d.Import, "format": &d.Format, "bus": &d.Bus, "pool": &d.Pool}
	for pair := range strings.SplitSeq(text, ",") {
		key, value, found := strings.Cut(pair, "=")
		if !found || value == "" {
			return d, usage("--disk wants key=value pairs, not %q", pair).WithHint("For example: --disk size=20GiB,format=qcow2")
		}
		if key == "size" {
			size, err := virt.ParseSize(value)
			if err != nil {
				return d, err
			}
			if size == 0 {
				return d, usage("a disk of no size")
			}
			d.Size = size
			continue
		}
		field, known := into[key]
		if !known {
			return d, usage("a disk has no %q", key).WithHint("It has size, volume, path, import, format, bus and pool.")
		}
		*field = value
	}
	return d, nil
}

func (c *cli) create(ctx context.Context, spec virt.VMSpec, dryRun bool) error {
	if dryRun {
		return c.read(ctx, func(ctx context.Context, s *services.Services, id virt.HostID) error {
			xml, err := s.VMs.Preview(ctx, id, spec)
			if err != nil {
				return err
			}
			_, err = io.WriteString(c.out, strings.TrimRight(xml, "\n")+"\n")
			return err
		})
	}
	return c.change(ctx, func(ctx context.Context, s *services.Services, id virt.HostID) error {
		advice, err := s.VMs.Advice(ctx, id, spec)
		if err != nil {
			return err
		}
		for _, a := range advice {
			c.warn(a.Err)
		}
		needed, err := c.preparations(ctx, s, id, spec)
		if err != nil {
			return err
		}
		vm, err := s.VMs.Create(ctx, id, spec)
		if err != nil {
			return err
		}
		c.clearBar()
		c.tellPrepared(ctx, s, id, spec, needed)
		return c.printVM(ctx, s, vm)
	})
}

// preparations are what the machine needs of its host, for those who read stderr:
// for programs the stages of the progress and the audit log tell the same.
func (c *cli) preparations(ctx context.Context, s *services.Services, id virt.HostID, spec virt.VMSpec) ([]virt.Preparation, error) {
	if c.json || c.progress == "json" {
		return nil, nil
	}
	return s.VMs.Preparations(ctx, id, spec)
}

// tellPrepared says which of the preparations were made, and of a network that
// does not start that it was done without.
func (c *cli) tellPrepared(ctx context.Context, s *services.Services, id virt.HostID, spec virt.VMSpec, needed []virt.Preparation) {
	missed, err := s.VMs.Missed(ctx, id, spec, needed)
	if err != nil {
		c.warn(err)
		return
	}
	for _, n := range needed {
		says := prepared(n)
		if slices.Contains(missed, n) {
			says = fmt.Sprintf("the network %s does not start: the machine has a network of its own", n.Name)
		}
		fmt.Fprintln(c.err, "kvm-cli: "+says)
	}
}

// prepared says what was done beside making the machine.
func prepared(n virt.Preparation) string {
	switch n.Kind {
	case virt.PoolToMake:
		return fmt.Sprintf("made the pool %s at %s, which starts with the host", n.Name, n.Path)
	case virt.PoolToStart:
		return fmt.Sprintf("started the pool %s at %s", n.Name, n.Path)
	case virt.NetworkToMake:
		return fmt.Sprintf("made the network %s (NAT, %s), which starts with the host", n.Name, n.Subnet)
	}
	return fmt.Sprintf("started the network %s", n.Name)
}
