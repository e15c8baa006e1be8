package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func newNetworkCommand(c *cli) *cobra.Command {
	type act = func(context.Context, virt.Ref) error
	networks := thing[virt.Network]{
		noun: "network", ref: virt.Network.Ref,
		list: func(s *services.Services) func(context.Context, virt.HostID) ([]virt.Network, error) {
			return s.Networks.List
		},
		find: func(s *services.Services) func(context.Context, virt.HostID, string) (virt.Network, error) {
			return s.Networks.Find
		},
	}
	return group("network", "Work on virtual networks",
		networks.listed(c, "List the networks", func(w io.Writer, all []virt.Network) {
			row(w, "NAME", "ACTIVE", "AUTOSTART", "BRIDGE", "FORWARD")
			for _, n := range all {
				row(w, n.Name, yesNo(n.Active), yesNo(n.Autostart), n.Bridge, n.Forward)
			}
		}),
		networks.verb(c, "start", "Start a network", func(s *services.Services) act { return s.Networks.Start }),
		networks.verb(c, "stop", "Stop a network; machines on it are cut off", func(s *services.Services) act { return s.Networks.Stop }),
		networks.autostart(c, func(s *services.Services) func(context.Context, virt.Ref, bool) error { return s.Networks.SetAutostart }),
		newNetworkDeleteCommand(c, networks))
}

func newNetworkDeleteCommand(c *cli, networks thing[virt.Network]) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "delete NAME", Short: "Delete a stopped network", Args: exact("NAME"),
		Long:    `Delete a network that is stopped and in which no machine has a card.`,
		Example: `  kvm-cli network delete lab --yes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return networks.change(c, cmd, args[0], func(ctx context.Context, s *services.Services, n virt.Ref) error {
				if err := c.consent(yes, fmt.Sprintf("Delete %s?", n)); err != nil {
					return err
				}
				return s.Networks.Delete(ctx, n)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
