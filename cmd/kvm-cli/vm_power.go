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

func newVMVerbCommand(c *cli, use, short string, do verb) *cobra.Command {
	return &cobra.Command{
		Use: use + " NAME", Short: short, Args: exact("NAME"), ValidArgsFunction: c.names,
		Example: "  kvm-cli vm " + use + " web",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.changeVM(cmd, args[0], do) },
	}
}

func newVMDiscardCommand(c *cli) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "discard NAME", Short: "Throw a machine's saved memory away", Args: exact("NAME"), ValidArgsFunction: c.names,
		Long: "Throw away the memory that save wrote. The machine is off then, as after a\n" +
			"power cut, and start boots it afresh.",
		Example: "  kvm-cli vm discard web --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.changeVM(cmd, args[0], func(ctx context.Context, s *services.Services, vm virt.Ref) error {
				if err := c.consent(yes, fmt.Sprintf("Discard the saved state of %s?", vm)); err != nil {
					return err
				}
				return s.VMs.Discard(ctx, vm)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

const defaultWait = "60s"

func newVMShutdownCommand(c *cli) *cobra.Command {
	return newWaitingCommand(c, "shutdown", "Ask a machine's system to shut down", "until it is off",
		func(ctx context.Context, s *services.Services, vm virt.Ref, wait time.Duration) error {
			if err := s.VMs.Shutdown(ctx, vm); err != nil || wait == 0 {
				return err
			}
			return timed(ctx, vm, wait, func(ctx context.Context) error {
				_, err := s.VMs.WaitFor(ctx, vm, func(row virt.VM) bool { return !row.State.Active() })
				if errors.Is(err, virt.ErrNotFound) {
					return nil // it had no stored definition: off is gone
				}
				return err
			})
		})
}

func newVMRebootCommand(c *cli) *cobra.Command {
	return newWaitingCommand(c, "reboot", "Ask a machine's system to restart", "until it was reset",
		func(ctx context.Context, s *services.Services, vm virt.Ref, wait time.Duration) error {
			if wait == 0 {
				return s.VMs.Reboot(ctx, vm)
			}
			return timed(ctx, vm, wait, func(ctx context.Context) error { return s.VMs.RebootAndWait(ctx, vm) })
		})
}

func newWaitingCommand(c *cli, use, short, until string,
	do func(context.Context, *services.Services, virt.Ref, time.Duration) error,
) *cobra.Command {
	var wait string
	cmd := &cobra.Command{
		Use: use + " NAME", Short: short, Args: exact("NAME"), ValidArgsFunction: c.names,
		Example: "  kvm-cli vm " + use + " web\n  kvm-cli vm " + use + " web --wait=2m",
		Long:    short + " and return when the request was delivered; with --wait only when it was obeyed, or with exit code 11 when it was not in time.",
		RunE: func(cmd *cobra.Command, args []string) error {
			var limit time.Duration
			if wait != "" {
				var err error
				if limit, err = time.ParseDuration(wait); err != nil || limit <= 0 {
					return usage("%q is not a time to wait", wait).WithHint("Write a number with a unit, for example 60s or 2m.")
				}
			}
			return c.changeVM(cmd, args[0], func(ctx context.Context, s *services.Services, vm virt.Ref) error {
				return do(ctx, s, vm, limit)
			})
		},
	}
	cmd.Flags().StringVar(&wait, "wait", "", "wait this `TIME` "+until)
	cmd.Flags().Lookup("wait").NoOptDefVal = defaultWait
	return cmd
}

// timed runs work for at most the limit and calls its end by that a timeout.
func timed(ctx context.Context, vm virt.Ref, limit time.Duration, work func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := work(ctx)
	if errors.Is(err, virt.ErrTimeout) {
		return &virt.Error{
			Kind: virt.KindTimeout, Ref: vm, Err: virt.Errorf(virt.KindTimeout, "%s did not obey within %s", vm, limit),
			Hint: "Its system may be busy or may not listen to its power button. Force it with: kvm-cli vm off",
		}
	}
	return err
}
