package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/batch"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A selection says which machines a command is about: one that is named, several,
// or all that the flags let through.
type selection struct {
	all    bool
	state  string
	ask    string // before many that are not named are acted on; %d is how many
	always bool   // it is asked of those that are named, too
	yes    bool   // nobody is asked
}

// manyHelp is what the help of commands with a selection adds.
const manyHelp = `

Several names, --all or --state act on many machines, several at a time, and
print a result for each: done, failed, skipped because its state forbids the
action, or cancelled. Cause and remedy of failures follow. When one that was named is not done the exit code is 13.`

// flags adds the flags of the selection.
func (sel *selection) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&sel.all, "all", false, "all machines of the host")
	flags.StringVar(&sel.state, "state", "", "all machines that are in this `STATE`")
	switch {
	case sel.always:
		flags.BoolVar(&sel.yes, "yes", false, "do not ask")
	case sel.ask != "":
		flags.BoolVar(&sel.yes, "yes", false, "do not ask before machines that are not named are acted on")
	}
	mustComplete(cmd, "state", states())
}

func states() []string {
	var words []string
	for _, s := range virt.VMStates() {
		words = append(words, string(s))
	}
	return words
}

// mustComplete completes a flag with the words.
func mustComplete(cmd *cobra.Command, flag string, words []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag is not there
	}
}

// byFlag says whether the flags choose the machines.
func (sel *selection) byFlag() bool { return sel.all || sel.state != "" }

// args accepts names, or none where the flags choose.
func (sel *selection) args(_ *cobra.Command, args []string) error {
	switch {
	case sel.byFlag() && len(args) > 0:
		return usage("%q is named although --all or --state chooses", args[0]).WithHint("Name machines or choose them, not both.")
	case !sel.byFlag() && len(args) == 0:
		return usage("NAME is missing").WithHint("See --help.")
	case sel.state != "" && !slices.Contains(states(), sel.state):
		return usage("no machine is ever %q", sel.state).WithHint("Choose one of " + strings.Join(states(), ", ") + ".")
	}
	return nil
}

// one returns the only name, if the selection is that.
func (sel *selection) one(args []string) (name string, ok bool) {
	if len(args) == 1 && !sel.byFlag() {
		return args[0], true
	}
	return "", false
}

// find returns the machines, and an outcome for each name that there is not.
func (sel *selection) find(ctx context.Context, s *services.Services, host virt.HostID, names []string) (vms []virt.Ref, missing []batch.Outcome, err error) {
	for _, name := range names {
		vm, err := s.VMs.Find(ctx, host, name)
		switch {
		case errors.Is(err, virt.ErrNotFound):
			missing = append(missing, batch.FailedOutcome(virt.Ref{Host: host, Kind: virt.KindVM, Name: name}, err))
		case err != nil:
			return nil, nil, err
		default:
			vms = append(vms, vm)
		}
	}
	if !sel.byFlag() {
		return vms, missing, nil
	}
	rows, _, err := s.VMs.Quick(ctx, host)
	for _, row := range rows {
		if sel.state == "" || string(row.State) == sel.state {
			vms = append(vms, row.Ref())
		}
	}
	return vms, nil, err
}

// A batchCommand is what is done to many machines.
type batchCommand struct {
	action virt.Action
	*selection
	// obeyed, if not nil, begins to listen before the action is asked for, and
	// returns what waits until the machines have obeyed.
	obeyed func(*services.Services) obeying
}

// changeMany does the action to the machines and prints what became of each.
func (c *cli) changeMany(cmd *cobra.Command, names []string, m batchCommand) error {
	return c.change(cmd.Context(), func(ctx context.Context, s *services.Services, host virt.HostID) error {
		vms, outcomes, err := m.find(ctx, s, host, names)
		if err != nil {
			return err
		}
		if m.ask != "" && (m.byFlag() || m.always) && len(vms) > 0 {
			if err := c.consent(m.yes, fmt.Sprintf(m.ask, len(vms))); err != nil {
				return err
			}
		}
		if len(vms) > 0 {
			report, err := m.do(ctx, s, vms)
			if len(report.Outcomes) == 0 {
				return err
			}
			outcomes = append(outcomes, report.Outcomes...)
		}
		slices.SortStableFunc(outcomes, func(a, b batch.Outcome) int { return cmp.Compare(a.Name, b.Name) })
		return c.printBatch(outcomes, m.failure(outcomes))
	})
}

func (m batchCommand) do(ctx context.Context, s *services.Services, vms []virt.Ref) (batch.Report, error) {
	request := batch.Request{Action: m.action, Machines: vms}
	if m.obeyed == nil {
		return s.Batch.Do(ctx, request)
	}
	wait := m.obeyed(s)
	defer wait.stop()
	report, err := s.Batch.Do(ctx, request)
	wait.until(ctx, &report)
	return report, err
}

// failure is what the command ends with: machines that were named and could not
// be acted on count as failed.
func (m batchCommand) failure(outcomes []batch.Outcome) error {
	report := batch.Report{Action: m.action, Outcomes: slices.Clone(outcomes)}
	for i := range report.Outcomes {
		if o := &report.Outcomes[i]; o.Result == batch.Skipped && !m.byFlag() {
			o.Result = batch.Failed
		}
	}
	return report.Err()
}

// A batchError is the failure of some machines of many.
type batchError struct {
	error
	outcomes []batch.Outcome
}

// Unwrap returns the failure itself.
func (e *batchError) Unwrap() error { return e.error }

// printBatch prints the outcomes; as JSON those of a failure are part of it.
func (c *cli) printBatch(outcomes []batch.Outcome, failure error) error {
	if failure != nil {
		failure = &batchError{failure, outcomes}
		if c.json {
			return failure
		}
	}
	return errors.Join(c.print(orEmpty(outcomes), func(w io.Writer) {
		row(w, "NAME", "RESULT", "MESSAGE")
		for _, o := range outcomes {
			row(w, o.Name, o.Result, o.Message)
		}
		explainBatch(w, outcomes)
	}), failure)
}

// explainBatch tells below the table why machines failed and what to do, once
// for all that failed for the same reason.
func explainBatch(w io.Writer, outcomes []batch.Outcome) {
	names := map[string][]string{}
	var reasons []string
	for _, o := range outcomes {
		reason := strings.TrimSpace(o.Cause + "\n    " + o.Hint)
		if reason == "" {
			continue
		}
		if names[reason] == nil {
			reasons = append(reasons, reason)
		}
		names[reason] = append(names[reason], printable(o.Name))
	}
	for _, reason := range reasons {
		fmt.Fprintf(w, "\n%s: %s\n", strings.Join(names[reason], ", "), reason)
	}
}
