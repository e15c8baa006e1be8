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

func newHostCheckCommand(c *cli) *cobra.Command {
	var fix string
	cmd := &cobra.Command{
		Use: "check", Short: "Tell whether the host is ready for machines", Args: exact(),
		Example: `  kvm-cli host check
  kvm-cli host check --fix default-network
  kvm-cli host check -o json | jq -e 'all(.status != "fail")'`,
		Long: `Tell whether the host is ready for machines, and what to do where it is not.

Each finding is ok, warn, fail or skipped, with its cause, what to do and the
exact command. What only a computer's own files tell is skipped for other hosts.

Findings are the answer, whatever they say: the exit code is 0 also when some
are warn or fail, and when the host is not reached. A script asks their status,
as in the last example. --fix mends one that is fixable and checks again; its
exit code is that of the mending.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			work := func(ctx context.Context, s *services.Services, id virt.HostID) error {
				checks, err := s.Hosts.Check(ctx, id)
				if err != nil {
					return err
				}
				return c.print(checks, func(w io.Writer) { c.checkTable(w, checks) })
			}
			if fix == "" {
				return c.read(cmd.Context(), work)
			}
			return c.change(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				if err := s.Hosts.Fix(ctx, id, fix); err != nil {
					return err
				}
				return work(ctx, s, id)
			})
		},
	}
	cmd.Flags().StringVar(&fix, "fix", "", "mend the finding of this `ID`")
	return cmd
}

// checkTable tells all findings in a table, and below it what to do about those
// that want attention.
func (c *cli) checkTable(w io.Writer, checks []virt.Check) {
	row(w, "ID", "STATUS", "TITLE", "CAUSE")
	for _, check := range checks {
		row(w, check.ID, check.Status, check.Title, check.Cause)
	}
	for _, check := range checks {
		if !check.Problem() || check.Remedy == "" && check.Command == "" {
			continue
		}
		fmt.Fprintf(w, "\n%s: %s\n", check.ID, check.Remedy)
		if check.Command != "" {
			fmt.Fprintf(w, "    %s\n", check.Command)
		}
		if fix := "host check --fix " + check.ID; check.Fixable && !strings.HasSuffix(check.Command, fix) {
			fmt.Fprintf(w, "    or: kvm-cli %s%s\n", c.hostFlag(), fix)
		}
	}
}

// hostFlag is --host as it was given, for a command to copy; empty without.
func (c *cli) hostFlag() string {
	if c.host == "" {
		return ""
	}
	return "--host '" + strings.ReplaceAll(c.host, "'", `'\''`) + "' "
}
