package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	machine "github.com/kvmmanager/kvm-manager/services/vm"
)

// channelStates are the words for what Clipboard says.
var channelStates = map[machine.ClipboardState]string{
	machine.ClipboardThere:   "has the clipboard channel",
	machine.ClipboardWaits:   "has it when it is started the next time",
	machine.ClipboardMissing: "has none; add one with --add",
	machine.ClipboardCosts:   "has none; add one with --add, and the host's QEMU can neither save nor move the machine while it runs",
	machine.ClipboardCannot:  "cannot have one on this host",
}

func newVMClipboardCommand(c *cli) *cobra.Command {
	var add, remove bool
	cmd := &cobra.Command{
		Use: "clipboard NAME [--add|--remove]", Short: "Say whether a console can share text with a machine", ValidArgsFunction: c.names,
		Long: `Say whether the machine has the channel by which its screen shares text with the
SPICE agent in the guest. With --add, add it: at once where that can be done to a
machine that runs, else for its next start. QEMU before 10.1 can neither save nor
move a running machine that has it; --remove takes it away.`,
		Example: `  kvm-cli vm clipboard web
  kvm-cli vm clipboard web --add
  kvm-cli vm clipboard web --remove`,
		Args: exact("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if add && remove {
				return usage("--add and --remove exclude each other").WithHint("Choose one.")
			}
			return c.onVM(cmd, args[0], func(ctx context.Context, s *services.Services, vm virt.Ref) (err error) {
				ask := s.VMs.Clipboard
				switch {
				case add:
					ask = s.VMs.AddClipboard
				case remove:
					ask = s.VMs.RemoveClipboard
				}
				state, err := ask(ctx, vm)
				if err != nil {
					return err
				}
				return c.print(map[string]any{"name": vm.Name, "clipboard": state}, func(w io.Writer) { row(w, vm.Name, channelStates[state]) })
			})
		},
	}
	cmd.Flags().BoolVar(&add, "add", false, "add the channel")
	cmd.Flags().BoolVar(&remove, "remove", false, "take the channel away, at the next start")
	return cmd
}
