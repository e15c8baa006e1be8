package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func newPoolCommand(c *cli) *cobra.Command {
	list := &cobra.Command{
		Use: "list", Short: "List the pools", Args: exact(),
		Example: `  kvm-cli pool list`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.read(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				pools, err := s.Pools.List(ctx, id)
				if err != nil {
					return err
				}
				return c.print(orEmpty(pools), func(w io.Writer) {
					row(w, "NAME", "TYPE", "ACTIVE", "AUTOSTART", "CAPACITY", "FREE", "PATH")
					for _, p := range pools {
						row(w, p.Name, p.Type, yesNo(p.Active), yesNo(p.Autostart), size(p.Capacity), size(p.Available), p.Path)
					}
				})
			})
		},
	}
	find := func(ctx context.Context, s *services.Services, id virt.HostID, word string) (virt.Ref, error) {
		p, err := s.Pools.Find(ctx, id, word)
		return p.Ref(), err
	}
	return group("pool", "Work on storage pools", list,
		thingCommand(c, thingVerb{"pool", "start", "Make a pool's volumes available", find, func(s *services.Services) thingAct { return s.Pools.Start }}),
		thingCommand(c, thingVerb{"pool", "stop", "Make a pool's volumes unavailable; they stay where they are", find, func(s *services.Services) thingAct { return s.Pools.Stop }}),
		thingCommand(c, thingVerb{"pool", "refresh", "Look for volumes that came or went by other hands", find, func(s *services.Services) thingAct { return s.Pools.Refresh }}),
		autostartCommand(c, "pool", "Say whether a pool starts with its host", func(ctx context.Context, s *services.Services, id virt.HostID, word string, on bool) error {
			p, err := s.Pools.Find(ctx, id, word)
			if err != nil {
				return err
			}
			return s.Pools.SetAutostart(ctx, p.Ref(), on)
		}))
}

// A thingAct does something to a pool or network.
type thingAct func(context.Context, virt.Ref) error

type thingVerb struct {
	thing, verb, short string
	find               func(context.Context, *services.Services, virt.HostID, string) (virt.Ref, error)
	act                func(*services.Services) thingAct
}

// thingCommand is the command that does one thing to one pool or network.
func thingCommand(c *cli, v thingVerb) *cobra.Command {
	return &cobra.Command{
		Use: v.verb + " NAME", Short: v.short, Args: exact("NAME"),
		Example: "  kvm-cli " + v.thing + " " + v.verb + " default",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.change(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				ref, err := v.find(ctx, s, id, args[0])
				if err != nil {
					return err
				}
				return v.act(s)(ctx, ref)
			})
		},
	}
}

func autostartCommand(c *cli, thing, short string, set func(context.Context, *services.Services, virt.HostID, string, bool) error) *cobra.Command {
	return &cobra.Command{
		Use: "autostart NAME on|off", Short: short, Args: exact("NAME", "on|off"),
		Example: "  kvm-cli " + thing + " autostart default on",
		RunE: func(cmd *cobra.Command, args []string) error {
			on := args[1] == "on"
			if !on && args[1] != "off" {
				return usage("%q is neither on nor off", args[1]).WithHint("Write on or off.")
			}
			return c.change(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				return set(ctx, s, id, args[0], on)
			})
		},
	}
}

func newVolumeCommand(c *cli) *cobra.Command {
	list := &cobra.Command{
		Use: "list POOL", Short: "List the volumes of a pool", Args: exact("POOL"),
		Example: `  kvm-cli volume list default`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.read(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				p, err := s.Pools.Find(ctx, id, args[0])
				if err != nil {
					return err
				}
				volumes, err := s.Pools.Volumes(ctx, id, p.Name)
				if err != nil {
					return err
				}
				return c.print(orEmpty(volumes), func(w io.Writer) { volumeTable(w, volumes...) })
			})
		},
	}
	return group("volume", "Work on volumes", list, newVolumeCreateCommand(c), newVolumeDeleteCommand(c))
}

func volumeTable(w io.Writer, volumes ...virt.Volume) {
	row(w, "NAME", "FORMAT", "CAPACITY", "ON DISK", "PATH")
	for _, v := range volumes {
		row(w, v.Name, v.Format, size(v.Capacity), size(v.Allocation), v.Path)
	}
}

func newVolumeCreateCommand(c *cli) *cobra.Command {
	var sizeText, format string
	cmd := &cobra.Command{
		Use: "create POOL/NAME", Short: "Make an empty volume", Args: exact("POOL/NAME"),
		Long: `Make an empty volume in a pool, and print it. Without --format it is qcow2 where
the pool has that, which takes room as it is filled, and else what the pool keeps.`,
		Example: `  kvm-cli volume create default/data.qcow2 --size 20GiB
  kvm-cli volume create default/data.img --size 4GiB --format raw`,
		RunE: func(cmd *cobra.Command, args []string) error {
			pool, name, err := volumeWords(args[0])
			if err != nil {
				return err
			}
			if sizeText == "" {
				return usage("a volume has a size").WithHint("Say how large it is, such as --size 20GiB.")
			}
			bytes, err := virt.ParseSize(sizeText)
			if err != nil {
				return usage("--size: %w", err)
			}
			return c.change(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				p, err := s.Pools.Find(ctx, id, pool)
				if err != nil {
					return err
				}
				made, err := s.Pools.CreateVolume(ctx, id, virt.VolumeSpec{Pool: p.Name, Name: name, Format: format, Size: bytes})
				if err != nil {
					return err
				}
				return c.print(made, func(w io.Writer) { volumeTable(w, made) })
			})
		},
	}
	cmd.Flags().StringVar(&sizeText, "size", "", "`SIZE` of the volume, such as 20GiB")
	cmd.Flags().StringVar(&format, "format", "", "`FORMAT` of the volume, such as qcow2 or raw")
	return cmd
}

func newVolumeDeleteCommand(c *cli) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "delete POOL/NAME", Short: "Delete a volume and what is in it", Args: exact("POOL/NAME"),
		Long: `Delete a volume and what is in it. One that a machine uses, or that a machine's
disk builds on, stays.`,
		Example: `  kvm-cli volume delete default/data.qcow2 --yes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			pool, name, err := volumeWords(args[0])
			if err != nil {
				return err
			}
			return c.change(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				p, err := s.Pools.Find(ctx, id, pool)
				if err != nil {
					return err
				}
				if err := c.consent(yes, fmt.Sprintf("Delete the volume %s/%s?", p.Name, name)); err != nil {
					return err
				}
				return s.Pools.DeleteVolume(ctx, id, p.Name, name)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// volumeWords splits POOL/NAME; the names of volumes have no slash.
func volumeWords(text string) (pool, name string, err error) {
	pool, name, found := strings.Cut(text, "/")
	if !found || pool == "" || name == "" {
		return "", "", usage("%q names no volume", text).WithHint("Write POOL/NAME, such as default/data.qcow2.")
	}
	return pool, name, nil
}
