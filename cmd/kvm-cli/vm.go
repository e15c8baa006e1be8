package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func newVMCommand(c *cli) *cobra.Command {
	return group("vm", "Work on virtual machines",
		newVMListCommand(c), newVMShowCommand(c), newVMCreateCommand(c), newVMDeleteCommand(c),
		newVMXMLCommand(c), newVMScreenshotCommand(c), newVMStatsCommand(c), newVMWatchCommand(c), newVMConsoleCommand(c),
		newVMAutostartCommand(c), newVMClipboardCommand(c), newVMShutdownCommand(c), newVMRebootCommand(c),
		newVMVerbCommand(c, "start", "Start a machine, from its saved memory when it has one", virt.StartVM, start, ""),
		newVMVerbCommand(c, "reset", "Restart a machine at once, as its reset button would", virt.ResetVM, reset, "Reset %d machines?"),
		newVMVerbCommand(c, "off", "End a machine at once, as pulling its plug would", virt.OffVM, off, "Force %d machines off?"),
		newVMVerbCommand(c, "pause", "Stop a machine's processors; its memory stays", virt.PauseVM, pause, ""),
		newVMVerbCommand(c, "resume", "Let a paused machine go on", virt.ResumeVM, resume, ""),
		newVMVerbCommand(c, "save", "Write a machine's memory to disk and end it", virt.SaveVM, save, ""), newVMDiscardCommand(c),
	)
}

// names completes the first argument with the machines' names.
func (c *cli) names(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	err := c.read(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
		vms, _, err := s.VMs.Quick(ctx, id)
		for _, vm := range vms {
			names = append(names, vm.Name)
		}
		return err
	})
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// allNames completes every argument with the machines that are not named yet.
func (c *cli) allNames(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	all, directive := c.names(cmd, nil, word)
	return slices.DeleteFunc(all, func(name string) bool { return slices.Contains(args, name) }), directive
}

// onVM runs work, which only reads, on the machine that the word names.
func (c *cli) onVM(cmd *cobra.Command, word string, work func(context.Context, *services.Services, virt.Ref) error) error {
	return c.read(cmd.Context(), find(word, work))
}

// changeVM runs work, which changes something, on the machine that the word names.
func (c *cli) changeVM(cmd *cobra.Command, word string, work func(context.Context, *services.Services, virt.Ref) error) error {
	return c.change(cmd.Context(), find(word, work))
}

func find(word string, work func(context.Context, *services.Services, virt.Ref) error) func(context.Context, *services.Services, virt.HostID) error {
	return func(ctx context.Context, s *services.Services, id virt.HostID) error {
		vm, err := s.VMs.Find(ctx, id, word)
		if err != nil {
			return err
		}
		return work(ctx, s, vm)
	}
}

func newVMListCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the machines", Args: exact(),
		Example: `  kvm-cli vm list
  kvm-cli vm list -o json | jq -r '.[] | select(.state == "running") | .name'`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.read(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				list := s.VMs.List
				if c.output == defaultOutput {
					list = s.VMs.Brief // the table says no more
				}
				vms, err := list(ctx, id)
				if err != nil {
					return err
				}
				return c.print(vms, func(w io.Writer) {
					row(w, "NAME", "STATE", "CPUS", "MEMORY", "AUTOSTART")
					for _, vm := range vms {
						row(w, vm.Name, vm.State, vm.VCPUs, size(vm.Memory), yesNo(vm.Autostart))
					}
				})
			})
		},
	}
}

func newVMShowCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Show everything about a machine", Args: exact("NAME"), ValidArgsFunction: c.names,
		Example: `  kvm-cli vm show web
  kvm-cli vm show uuid:8c6d4f4e-6d3c-4c59-9a0c-0d7d4f6f0a01 -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.onVM(cmd, args[0], c.printVM)
		},
	}
}

func (c *cli) printVM(ctx context.Context, s *services.Services, vm virt.Ref) error {
	d, err := s.VMs.Show(ctx, vm)
	if err != nil {
		return err
	}
	return c.print(d, func(w io.Writer) { vmTable(w, d) })
}

func vmTable(w io.Writer, d virt.VMDetail) {
	row(w, "Name", d.Name)
	row(w, "UUID", d.ID)
	row(w, "State", d.State)
	row(w, "Processors", fmt.Sprintf("%d of %d, %s %s by %s", d.VCPUs, d.VCPUsMax, d.Arch, d.Machine, d.Accel))
	row(w, "Memory", size(d.Memory))
	row(w, "Firmware", d.Firmware)
	row(w, "Starts with host", yesNo(d.Autostart))
	for _, disk := range d.Disks {
		row(w, "Disk "+disk.Target, strings.TrimSpace(fmt.Sprintf("%s %s %s %s, %s of %s", disk.Bus, disk.Device, disk.Format, disk.Path, size(disk.Allocation), size(disk.Capacity))))
	}
	for _, nic := range d.NICs {
		row(w, "Network card", fmt.Sprintf("%s %s on %s %s", nic.MAC, nic.Model, nic.Type, nic.Source))
	}
	for _, g := range d.Graphics {
		row(w, "Screen", strings.TrimSpace(fmt.Sprintf("%s %s %d %s", g.Type, g.Listen, g.Port, g.Socket)))
	}
	for _, a := range d.Addresses {
		row(w, "Address", fmt.Sprintf("%s/%d (%s)", a.IP, a.Prefix, a.Source))
	}
}

func newVMXMLCommand(c *cli) *cobra.Command {
	var inactive, secrets bool
	cmd := &cobra.Command{
		Use: "xml NAME", Short: "Print a machine's libvirt definition", Args: exact("NAME"), ValidArgsFunction: c.names,
		Example: `  kvm-cli vm xml web --inactive > web.xml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.onVM(cmd, args[0], func(ctx context.Context, s *services.Services, vm virt.Ref) error {
				read := s.VMs.XML
				if secrets {
					read = s.VMs.SecretXML
				}
				xml, err := read(ctx, vm, inactive)
				if err != nil {
					return err
				}
				_, err = io.WriteString(c.out, strings.TrimRight(xml, "\n")+"\n")
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&inactive, "inactive", false, "the stored definition, even while the machine runs")
	cmd.Flags().BoolVar(&secrets, "secrets", false, "with the passwords in it")
	return cmd
}

func newVMScreenshotCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "screenshot NAME FILE", Short: "Write a running machine's screen to a PNG file; - is stdout",
		Example: `  kvm-cli vm screenshot web web.png`,
		Args:    exact("NAME", "FILE"), ValidArgsFunction: c.names,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.onVM(cmd, args[0], func(ctx context.Context, s *services.Services, vm virt.Ref) error {
				picture, err := s.VMs.Screenshot(ctx, vm)
				if err != nil {
					return err
				}
				if args[1] == "-" {
					_, err = c.out.Write(picture)
					return err
				}
				return writeWhole(args[1], picture)
			})
		},
	}
}

func newVMAutostartCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "autostart NAME [on|off]", Short: "Say whether a machine starts with its host", ValidArgsFunction: c.names,
		Example: `  kvm-cli vm autostart web
  kvm-cli vm autostart web off`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 && args[1] != "on" && args[1] != "off" {
				return usage("%q is neither on nor off", args[1])
			}
			return exact([]string{"NAME", "on or off"}[:min(2, max(1, len(args)))]...)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			on := len(args) < 2 || args[1] == "on"
			return c.changeVM(cmd, args[0], func(ctx context.Context, s *services.Services, vm virt.Ref) error {
				return s.VMs.SetAutostart(ctx, vm, on)
			})
		},
	}
}
