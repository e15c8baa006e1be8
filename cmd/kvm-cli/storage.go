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
	type act = func(context.Context, virt.Ref) error
	pools := thing[virt.Pool]{
		noun: "pool", ref: virt.Pool.Ref,
		list: func(s *services.Services) func(context.Context, virt.HostID) ([]virt.Pool, error) {
			return s.Pools.List
		},
		find: func(s *services.Services) func(context.Context, virt.HostID, string) (virt.Pool, error) {
			return s.Pools.Find
		},
	}
	return group("pool", "Work on storage pools",
		pools.listed(c, "List the pools", func(w io.Writer, all []virt.Pool) {
			row(w, "NAME", "TYPE", "ACTIVE", "AUTOSTART", "CAPACITY", "FREE", "PATH")
			for _, p := range all {
				row(w, p.Name, p.Type, yesNo(p.Active), yesNo(p.Autostart), size(p.Capacity), size(p.Available), p.Path)
			}
		}),
		pools.verb(c, "start", "Make a pool's volumes available", func(s *services.Services) act { return s.Pools.Start }),
		pools.verb(c, "stop", "Make a pool's volumes unavailable; they stay where they are", func(s *services.Services) act { return s.Pools.Stop }),
		pools.verb(c, "refresh", "Look for volumes that came or went by other hands", func(s *services.Services) act { return s.Pools.Refresh }),
		pools.autostart(c, func(s *services.Services) func(context.Context, virt.Ref, bool) error { return s.Pools.SetAutostart }))
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
