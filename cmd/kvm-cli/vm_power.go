package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

type verb func(context.Context, *services.Services, virt.Ref) error

func start(ctx context.Context, s *services.Services, vm virt.Ref) error { return s.VMs.Start(ctx, vm) }
func reset(ctx context.Context, s *services.Services, vm virt.Ref) error { return s.VMs.Reset(ctx, vm) }
func off(ctx context.Context, s *services.Services, vm virt.Ref) error   { return s.VMs.Off(ctx, vm) }
func pause(ctx context.Context, s *services.Services, vm virt.Ref) error { return s.VMs.Pause(ctx, vm) }
func resume(ctx context.Context, s *services.Services, vm virt.Ref) error {
	return s.VMs.Resume(ctx, vm)
}
func save(ctx context.Context, s *services.Services, vm virt.Ref) error { return s.VMs.Save(ctx, vm) }

// newVMVerbCommand makes the command of an action that is done at once. ask is
// what is asked before it is done to many that are not named; it may be empty.
func newVMVerbCommand(c *cli, use, short string, action virt.Action, do verb, ask string) *cobra.Command {
	sel := &selection{ask: ask}
	cmd := &cobra.Command{
		Use: use + " NAME...", Short: short, Long: short + "." + manyHelp, Args: sel.args, ValidArgsFunction: c.allNames,
		Example: "  kvm-cli vm " + use + " web\n  kvm-cli vm " + use + " web db mail -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if name, ok := sel.one(args); ok {
				return c.changeVM(cmd, name, do)
			}
			return c.changeMany(cmd, args, batchCommand{action: action, selection: sel})
		},
	}
	sel.flags(cmd)
	return cmd
}

func newVMDiscardCommand(c *cli) *cobra.Command {
	sel := &selection{ask: "Discard the saved states of %d machines?", always: true}
	cmd := &cobra.Command{
		Use: "discard NAME...", Short: "Throw a machine's saved memory away", Args: sel.args, ValidArgsFunction: c.allNames,
		Long: "Throw away the memory that save wrote. The machine is off then, as after a\n" +
			"power cut, and start boots it afresh." + manyHelp,
		Example: "  kvm-cli vm discard web --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			name, ok := sel.one(args)
			if !ok {
				return c.changeMany(cmd, args, batchCommand{action: virt.DiscardVM, selection: sel})
			}
			return c.changeVM(cmd, name, func(ctx context.Context, s *services.Services, vm virt.Ref) error {
				if err := c.consent(sel.yes, fmt.Sprintf("Discard the saved state of %s?", vm)); err != nil {
					return err
				}
				return s.VMs.Discard(ctx, vm)
			})
		},
	}
	sel.flags(cmd)
	return cmd
}

const defaultWait = "60s"

func newVMShutdownCommand(c *cli) *cobra.Command {
	return newWaitingCommand(c, waitingCommand{
		use: "shutdown", short: "Ask a machine's system to shut down", until: "until it is off", action: virt.ShutdownVM,
		do: func(ctx context.Context, s *services.Services, vm virt.Ref, wait time.Duration) error {
			if err := s.VMs.Shutdown(ctx, vm); err != nil || wait == 0 {
				return err
			}
			return timed(ctx, vm, wait, func(ctx context.Context) error { return untilOff(ctx, s, vm) })
		},
		obeyed: func(s *services.Services, limit time.Duration) obeying { return &goingOff{s, limit} },
	})
}

func newVMRebootCommand(c *cli) *cobra.Command {
	return newWaitingCommand(c, waitingCommand{
		use: "reboot", short: "Ask a machine's system to restart", until: "until it was reset", action: virt.RebootVM,
		do: func(ctx context.Context, s *services.Services, vm virt.Ref, wait time.Duration) error {
			if wait == 0 {
				return s.VMs.Reboot(ctx, vm)
			}
			return timed(ctx, vm, wait, func(ctx context.Context) error { return s.VMs.RebootAndWait(ctx, vm) })
		},
		obeyed: func(s *services.Services, limit time.Duration) obeying { return newRebooting(s, limit) },
	})
}

// A waitingCommand asks a machine's system for something and may wait until it
// has obeyed.
type waitingCommand struct {
	use, short, until string
	action            virt.Action
	do                func(context.Context, *services.Services, virt.Ref, time.Duration) error // to one
	obeyed            func(*services.Services, time.Duration) obeying                          // by many
}

func newWaitingCommand(c *cli, w waitingCommand) *cobra.Command {
	var wait string
	sel := &selection{}
	cmd := &cobra.Command{
		Use: w.use + " NAME...", Short: w.short, Args: sel.args, ValidArgsFunction: c.allNames,
		Example: "  kvm-cli vm " + w.use + " web\n  kvm-cli vm " + w.use + " web --wait=2m\n  kvm-cli vm " + w.use + " --state running --wait",
		Long: w.short + " and return when the request was delivered; with --wait only when it was obeyed, or with exit code 11 when it was not in time." +
			manyHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			limit, err := waitTime(wait)
			if err != nil {
				return err
			}
			if name, ok := sel.one(args); ok {
				return c.changeVM(cmd, name, func(ctx context.Context, s *services.Services, vm virt.Ref) error {
					return w.do(ctx, s, vm, limit)
				})
			}
			m := batchCommand{action: w.action, selection: sel}
			if limit > 0 {
				m.obeyed = func(s *services.Services) obeying { return w.obeyed(s, limit) }
			}
			return c.changeMany(cmd, args, m)
		},
	}
	sel.flags(cmd)
	cmd.Flags().StringVar(&wait, "wait", "", "wait this `TIME` "+w.until)
	cmd.Flags().Lookup("wait").NoOptDefVal = defaultWait
	return cmd
}

// waitTime reads --wait; without it nobody waits.
func waitTime(wait string) (time.Duration, error) {
	if wait == "" {
		return 0, nil
	}
	limit, err := time.ParseDuration(wait)
	if err != nil || limit <= 0 {
		return 0, usage("%q is not a time to wait", wait).WithHint("Write a number with a unit, for example 60s or 2m.")
	}
	return limit, nil
}

// timed runs work for at most the limit and calls its end by that a timeout.
func timed(ctx context.Context, vm virt.Ref, limit time.Duration, work func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := work(ctx)
	if errors.Is(err, virt.ErrTimeout) {
		return tooLate(vm, limit)
	}
	return err
}

func tooLate(vm virt.Ref, limit time.Duration) error {
	return &virt.Error{
		Kind: virt.KindTimeout, Ref: vm, Err: virt.Errorf(virt.KindTimeout, "%s did not obey within %s", vm, limit),
		Hint: "Its system may be busy or may not listen to its power button. Force it with: kvm-cli vm off",
	}
}
