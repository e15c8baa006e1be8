package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func newOperationCommand(c *cli) *cobra.Command {
	return group("operation", "Show, cancel and recover operations",
		newOperationListCommand(c), newOperationShowCommand(c), newOperationCancelCommand(c), newOperationRecoverCommand(c),
		newOperationPruneCommand(c))
}

func newOperationListCommand(c *cli) *cobra.Command {
	var limit int
	var state, actor, on, since string
	cmd := &cobra.Command{
		Use: "list", Short: "List the newest operations", Args: exact(),
		Long: `List the newest operations of this user's programs, also of those that have
ended.`,
		Example: `  kvm-cli operation list --limit 5
  kvm-cli operation list --state failed --since 24h --on localhost
  kvm-cli operation list -o json | jq '.[] | select(.state == "failed")'`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 0 {
				return usage("the limit %d is less than nothing", limit)
			}
			if state != "" && !slices.Contains(virt.OperationStates(), virt.OperationState(state)) {
				return usage("operations are never %q", state).WithHint("States: " + operationStates() + ".")
			}
			from, err := parseSince(since)
			if err != nil {
				return err
			}
			filter := virt.OperationFilter{Limit: limit, State: virt.OperationState(state), Actor: actor, Since: from, Host: c.onHost(on)}
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				operations, err := s.Operations.List(ctx, filter)
				if err != nil {
					return err
				}
				return c.printOperations(operations)
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "at most this `NUMBER`; 0 is all")
	cmd.Flags().StringVar(&state, "state", "", "only those in this `STATE`: "+operationStates())
	cmd.Flags().StringVar(&actor, "actor", "", "only what this `USER` asked for")
	cmd.Flags().StringVar(&on, "on", "", "only those on the host of this `NAME` (default the one that --host names)")
	cmd.Flags().StringVar(&since, "since", "", "only since this `TIME`: 24h, 2026-01-31 or RFC 3339")
	return cmd
}

// onHost is the host that lists of what was done are narrowed to: on, else the
// one that --host names. A URI has no name before it is connected.
func (c *cli) onHost(on string) virt.HostID {
	if on == "" && !host.IsURI(c.host) {
		on = c.host
	}
	return virt.HostID(on)
}

// operationStates lists the states of operations.
func operationStates() string {
	var words []string
	for _, state := range virt.OperationStates() {
		words = append(words, string(state))
	}
	return strings.Join(words, ", ")
}

func newOperationShowCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show an operation", Args: exact("ID"),
		Example: `  kvm-cli operation show 4k2j6hq3v7xa`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				op, err := s.Operations.Show(ctx, args[0])
				if err != nil {
					return err
				}
				return c.print(op, func(w io.Writer) { operationTable(w, op) })
			})
		},
	}
}

func newOperationCancelCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "cancel ID", Short: "Ask a running operation to stop and take back what it did", Args: exact("ID"),
		Long:    "Ask a running operation, of this or another program, to stop. It ends when what it did is taken back.",
		Example: `  kvm-cli operation cancel 4k2j6hq3v7xa`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.change(cmd.Context(), func(ctx context.Context, s *services.Services, _ virt.HostID) error {
				return s.Operations.Cancel(ctx, args[0])
			})
		},
	}
}

func newOperationRecoverCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Long: `Take back, or finish, what operations left half done whose program was killed or
whose host went away, and list them. Every command that changes something does
so first.`,
		Use: "recover", Short: "Take back what interrupted programs left half done", Args: exact(),
		Example: `  kvm-cli --host qemu+ssh://root@server/system operation recover`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.read(cmd.Context(), func(ctx context.Context, s *services.Services, _ virt.HostID) error {
				operations, err := s.Operations.Recover(ctx)
				if err != nil {
					return err
				}
				return c.printOperations(operations)
			})
		},
	}
}

func newOperationPruneCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "prune", Short: "Delete operations and rows of the audit log that are old enough to go", Args: exact(),
		Long: `Delete operations that ended longer ago than the setting history.operations_days
says, and rows of the audit log that are older than history.audit_days says,
which is 0, for ever, unless it was changed. The window and every command that
changes something do the same once a day.`,
		Example: `  kvm-cli operation prune
  kvm-cli operation prune -o json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				gone, err := s.Operations.Prune(ctx)
				if err != nil {
					return err
				}
				return c.print(gone, func(w io.Writer) {
					row(w, "OPERATIONS", "AUDIT ROWS")
					row(w, gone.Operations, gone.Audit)
				})
			})
		},
	}
}

func (c *cli) printOperations(operations []virt.Operation) error {
	return c.print(orEmpty(operations), func(w io.Writer) {
		row(w, "ID", "STARTED", "ACTION", "HOST", "TARGET", "STATE", "STAGE", "MESSAGE")
		for _, op := range operations {
			row(w, op.ID, op.Started.Local().Format(time.DateTime), op.Action, op.Target.Host, op.Target.String(), op.State, op.Stage, op.Message)
		}
	})
}

func operationTable(w io.Writer, op virt.Operation) {
	row(w, "ID", op.ID)
	row(w, "Action", op.Action)
	row(w, "Host", op.Target.Host)
	row(w, "Target", op.Target.String())
	row(w, "By", fmt.Sprintf("%s, %s", op.Actor, op.Via))
	row(w, "State", op.State)
	row(w, "Stage", op.Stage)
	row(w, "Started", op.Started.Local().Format(time.DateTime))
	if !op.Ended.IsZero() {
		row(w, "Ended", op.Ended.Local().Format(time.DateTime))
	}
	if op.Message != "" {
		row(w, "Message", op.Message)
		row(w, "Cause", op.Cause)
		row(w, "Hint", op.Hint)
	}
}
