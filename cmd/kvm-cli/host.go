package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func newHostCommand(c *cli) *cobra.Command {
	return group("host", "Show, check and save hosts", newHostListCommand(c), newHostShowCommand(c), newHostStatsCommand(c), newHostCheckCommand(c), newHostAddCommand(c),
		newHostEditCommand(c), newHostRemoveCommand(c), newHostOrderCommand(c), newHostTestCommand(c), newHostForgetCommand(c))
}

func newHostListCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the host in use and the saved ones", Args: exact(),
		Long: `List the host in use, which is connected, and the saved ones, which are not:
their state is "saved". With --host only that one is listed.`,
		Example: `  kvm-cli host list
  kvm-cli --host qemu+ssh://root@server/system host list -o json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.read(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				_ = s.Hosts.Wait(ctx, id) //nolint:errcheck // a host that is not reached is listed so
				hosts, err := s.Hosts.ListWhole(ctx)
				if err == nil && c.host == "" {
					hosts, err = s.Hosts.WithSaved(ctx, hosts)
				}
				if err != nil && len(hosts) == 0 {
					return err
				}
				if err != nil {
					c.warn(err)
				}
				return c.print(hosts, func(w io.Writer) {
					row(w, "NAME", "STATE", "URI", "PROBLEM")
					for _, h := range hosts {
						row(w, h.ID, h.State, h.URI, h.Problem)
					}
				})
			})
		},
	}
}

func newHostStatsCommand(c *cli) *cobra.Command {
	var interval time.Duration
	cmd := &cobra.Command{
		Use: "stats", Short: "Measure the host's processors and memory", Args: exact(),
		Example: `  kvm-cli host stats --interval 5s -o json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkInterval(interval); err != nil {
				return err
			}
			return c.read(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				r, err := s.Metrics.MeasureHost(ctx, id, interval)
				if err != nil {
					return err
				}
				return c.print(r, func(w io.Writer) {
					row(w, "Processor", fmt.Sprintf("%.1f %%", r.CPUPercent))
					row(w, "Memory", fmt.Sprintf("%s of %s", size(r.MemUsed), size(r.MemTotal)))
				})
			})
		},
	}
	cmd.Flags().DurationVar(&interval, "interval", time.Second, "measure over this `TIME`")
	return cmd
}

func newHostShowCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "Show the host's versions, processor and memory", Args: exact(),
		Example: `  kvm-cli host show -o yaml`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.read(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				h, err := s.Hosts.Show(ctx, id)
				if err != nil {
					return err
				}
				return c.print(h, func(w io.Writer) {
					row(w, "Name", h.ID)
					row(w, "URI", h.URI)
					row(w, "Hostname", h.Hostname)
					row(w, "Libvirt", h.Libvirt)
					row(w, h.Hypervisor, h.HVVersion)
					row(w, "Processor", fmt.Sprintf("%s %s, %d threads (%d sockets, %d cores, %d threads each)", h.Arch, h.CPUModel, h.CPUs, h.Sockets, h.Cores, h.Threads))
					row(w, "Memory", fmt.Sprintf("%s, %s free", size(h.Memory), size(h.MemoryFree)))
				})
			})
		},
	}
}
