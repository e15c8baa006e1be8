package main

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func newOSCommand(c *cli) *cobra.Command {
	var words []string
	var all bool
	list := &cobra.Command{
		Use: "list", Short: "List the operating systems that vm create --os takes", Args: exact(),
		Long: `List the operating systems that vm create --os takes, with what they want of a
machine. Without --all only those that still get updates.`,
		Example: "  kvm-cli os list --search debian\n  kvm-cli os list --search 'windows 7' --all",
		RunE: func(command *cobra.Command, _ []string) error {
			return c.readHere(command.Context(), func(ctx context.Context, s *services.Services) error {
				systems, err := s.VMs.Systems(ctx, strings.Join(words, " "), all)
				if err != nil {
					return err
				}
				slices.SortStableFunc(systems, func(a, b virt.OS) int { return cmp.Compare(a.Name, b.Name) })
				return c.print(orEmpty(systems), func(w io.Writer) { printSystems(w, systems) })
			})
		},
	}
	list.Flags().StringArrayVar(&words, "search", nil, "only those that have these `WORDS` in their names")
	list.Flags().BoolVar(&all, "all", false, "also those that get no updates any more")
	return group("os", "Show operating systems", list)
}

func printSystems(w io.Writer, systems []virt.OS) {
	row(w, "ID", "NAME", "RELEASED", "END OF LIFE", "MEMORY", "DISK")
	for _, o := range systems {
		row(w, o.ID, o.Name, o.Released, o.EndOfLife, wanted(o.Recommended.Memory, o.Minimum.Memory), wanted(o.Recommended.Disk, o.Minimum.Disk))
	}
}

// wanted is what is recommended, else at least needed; empty when not known.
func wanted(recommended, least uint64) string {
	switch {
	case recommended > 0:
		return size(recommended)
	case least > 0:
		return "from " + size(least)
	}
	return ""
}
