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
	list := &cobra.Command{
		Use: "list", Short: "List the networks", Args: exact(),
		Example: `  kvm-cli network list`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.read(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				networks, err := s.Networks.List(ctx, id)
				if err != nil {
					return err
				}
				return c.print(orEmpty(networks), func(w io.Writer) {
					row(w, "NAME", "ACTIVE", "AUTOSTART", "BRIDGE", "FORWARD")
					for _, n := range networks {
						row(w, n.Name, yesNo(n.Active), yesNo(n.Autostart), n.Bridge, n.Forward)
					}
				})
			})
		},
	}
	find := func(ctx context.Context, s *services.Services, id virt.HostID, word string) (virt.Ref, error) {
		n, err := s.Networks.Find(ctx, id, word)
		return n.Ref(), err
	}
	return group("network", "Work on virtual networks", list,
		thingCommand(c, thingVerb{"network", "start", "Start a network", find, func(s *services.Services) thingAct { return s.Networks.Start }}),
		thingCommand(c, thingVerb{"network", "stop", "Stop a network; machines on it are cut off", find, func(s *services.Services) thingAct { return s.Networks.Stop }}),
		autostartCommand(c, "network", "Say whether a network starts with its host", func(ctx context.Context, s *services.Services, id virt.HostID, word string, on bool) error {
			n, err := s.Networks.Find(ctx, id, word)
			if err != nil {
				return err
			}
			return s.Networks.SetAutostart(ctx, n.Ref(), on)
		}),
		newNetworkDeleteCommand(c))
}

func newNetworkDeleteCommand(c *cli) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "delete NAME", Short: "Delete a stopped network", Args: exact("NAME"),
		Long:    `Delete a network that is stopped and in which no machine has a card.`,
		Example: `  kvm-cli network delete lab --yes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.change(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				n, err := s.Networks.Find(ctx, id, args[0])
				if err != nil {
					return err
				}
				if err := c.consent(yes, fmt.Sprintf("Delete %s?", n.Ref())); err != nil {
					return err
				}
				return s.Networks.Delete(ctx, n.Ref())
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
