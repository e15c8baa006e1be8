package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A thing is what a host has beside machines, and is found by a name: a pool or a
// network.
type thing[T any] struct {
	noun string
	list func(*services.Services) func(context.Context, virt.HostID) ([]T, error)
	find func(*services.Services) func(context.Context, virt.HostID, string) (T, error)
	ref  func(T) virt.Ref
}

// listed is the command that lists them in a table.
func (k thing[T]) listed(c *cli, short string, table func(io.Writer, []T)) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: short, Args: exact(),
		Example: "  kvm-cli " + k.noun + " list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.read(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				all, err := k.list(s)(ctx, id)
				if err != nil {
					return err
				}
				return c.print(orEmpty(all), func(w io.Writer) { table(w, all) })
			})
		},
	}
}

// verb is the command that does something to one of them.
func (k thing[T]) verb(c *cli, verb, short string, act func(*services.Services) func(context.Context, virt.Ref) error) *cobra.Command {
	return &cobra.Command{
		Use: verb + " NAME", Short: short, Args: exact("NAME"),
		Example: "  kvm-cli " + k.noun + " " + verb + " default",
		RunE: func(cmd *cobra.Command, args []string) error {
			return k.change(c, cmd, args[0], func(ctx context.Context, s *services.Services, ref virt.Ref) error { return act(s)(ctx, ref) })
		},
	}
}

// autostart is the command that says whether one of them starts with its host.
func (k thing[T]) autostart(c *cli, set func(*services.Services) func(context.Context, virt.Ref, bool) error) *cobra.Command {
	return &cobra.Command{
		Use: "autostart NAME on|off", Short: "Say whether a " + k.noun + " starts with its host", Args: exact("NAME", "on|off"),
		Example: "  kvm-cli " + k.noun + " autostart default on",
		RunE: func(cmd *cobra.Command, args []string) error {
			on := args[1] == "on"
			if !on && args[1] != "off" {
				return usage("%q is neither on nor off", args[1]).WithHint("Write on or off.")
			}
			return k.change(c, cmd, args[0], func(ctx context.Context, s *services.Services, ref virt.Ref) error { return set(s)(ctx, ref, on) })
		},
	}
}

// change does work on the one that the word names.
func (k thing[T]) change(c *cli, cmd *cobra.Command, word string, work func(context.Context, *services.Services, virt.Ref) error) error {
	return c.change(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
		found, err := k.find(s)(ctx, id, word)
		if err != nil {
			return err
		}
		return work(ctx, s, k.ref(found))
	})
}
