package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func newVMDeleteCommand(c *cli) *cobra.Command {
	var yes, force bool
	var disks string
	cmd := &cobra.Command{
		Use: "delete NAME", Short: "Delete a machine and its disks", Args: exact("NAME"), ValidArgsFunction: c.names,
		Long: `Delete a machine, its saved memory, firmware variables and snapshot records, and
print what went and what stayed and why. By default the disks go along that lie
in pools and that no other machine uses.`,
		Example: `  kvm-cli vm delete demo --yes
  kvm-cli vm delete web --yes --disks vda --force`,
		RunE: func(cmd *cobra.Command, args []string) error {
			spec := virt.DeleteSpec{Disks: diskTargets(disks), Force: force}
			return c.changeVM(cmd, args[0], func(ctx context.Context, s *services.Services, vm virt.Ref) error {
				if err := c.consent(yes, fmt.Sprintf("Delete %s?", vm)); err != nil {
					return err
				}
				removal, err := s.VMs.Delete(ctx, vm, spec)
				if err != nil {
					return err
				}
				return c.print(removal, func(w io.Writer) { removalTable(w, removal) })
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&force, "force", false, "force the machine off when it is on")
	cmd.Flags().StringVar(&disks, "disks", "", "none, all, or `TARGETS` such as vda,vdb (default all)")
	return cmd
}

func diskTargets(text string) []string {
	switch text {
	case "", "all":
		return nil
	case "none":
		return []string{}
	default:
		return strings.Split(text, ",")
	}
}

// consent asks on a terminal; without one --yes must have been given.
func (c *cli) consent(yes bool, question string) error {
	if yes {
		return nil
	}
	if !isTerminal(c.in) {
		return usage("what this throws away does not come back").WithHint("Say so with --yes.")
	}
	fmt.Fprintf(c.err, "%s [y/N] ", question)
	answer, err := bufio.NewReader(c.in).ReadString('\n')
	if err == nil && strings.EqualFold(strings.TrimSpace(answer), "y") {
		return nil
	}
	return virt.Errorf(virt.KindCancelled, "nothing was changed")
}

func removalTable(w io.Writer, r virt.Removal) {
	for _, item := range r.Removed {
		row(w, "removed", item.Kind, item.Name)
	}
	for _, item := range r.Kept {
		row(w, "kept", item.Kind, item.Name, item.Reason)
	}
}
