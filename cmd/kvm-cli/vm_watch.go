package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func newVMStatsCommand(c *cli) *cobra.Command {
	var interval time.Duration
	cmd := &cobra.Command{
		Use: "stats NAME", Short: "Measure a running machine", Args: exact("NAME"), ValidArgsFunction: c.names,
		Example: `  kvm-cli vm stats web --interval 5s -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkInterval(interval); err != nil {
				return err
			}
			return c.onVM(cmd, args[0], func(ctx context.Context, s *services.Services, vm virt.Ref) error {
				r, err := s.Metrics.Measure(ctx, vm, interval)
				if err != nil {
					return err
				}
				return c.print(r, func(w io.Writer) {
					row(w, "Processor", fmt.Sprintf("%.1f %%", r.CPUPercent))
					row(w, "Memory", fmt.Sprintf("%s of %s", size(r.MemUsed), size(r.MemMax)))
					row(w, "Disk read", size(uint64(r.DiskRead))+"/s")
					row(w, "Disk write", size(uint64(r.DiskWrite))+"/s")
					row(w, "Network in", size(uint64(r.NICRx))+"/s")
					row(w, "Network out", size(uint64(r.NICTx))+"/s")
				})
			})
		},
	}
	cmd.Flags().DurationVar(&interval, "interval", time.Second, "measure over this `TIME`")
	return cmd
}

// checkInterval refuses what is too short to measure, or too long to wait for.
func checkInterval(interval time.Duration) error {
	if interval < 100*time.Millisecond || interval > time.Hour {
		return usage("the interval must be between 100ms and 1h, not %s", interval)
	}
	return nil
}

// A watchLine is one line of vm watch.
type watchLine struct {
	Time   time.Time      `json:"time"`
	Host   virt.HostID    `json:"host"`
	Kind   virt.EventKind `json:"kind"`
	ID     string         `json:"id"`
	Name   string         `json:"name"`
	State  virt.VMState   `json:"state"`
	Detail string         `json:"detail"`
}

func newVMWatchCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "watch", Short: "Print what happens to machines, as it happens", Args: exact(),
		Example: `  kvm-cli vm watch -o json | jq -c 'select(.state == "shutoff")'`,
		Long:    "Print one line per event until interrupted. With -o json the first line is {\"kind\":\"ready\"}: from then on nothing is missed.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.read(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				news, stop := s.Watch()
				defer stop()
				if err := s.Hosts.Wait(ctx, id); err != nil {
					return err
				}
				ready := time.Now()
				if c.output == "json" {
					if err := c.line(map[string]string{"kind": "ready"}); err != nil {
						return err
					}
				}
				return c.follow(ctx, news, ready)
			})
		},
	}
}

// follow prints the events since then until the context ends, which is no failure.
func (c *cli) follow(ctx context.Context, news <-chan virt.Event, since time.Time) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case ev, open := <-news:
			if !open {
				return nil
			}
			if ev.Time.Before(since) {
				continue
			}
			if err := c.printEvent(ev); err != nil {
				return err
			}
		}
	}
}

func (c *cli) printEvent(ev virt.Event) error {
	switch ev.Kind {
	case virt.VMChanged, virt.VMDefined, virt.VMRemoved, virt.HostChanged, virt.Resync:
	default:
		return nil
	}
	line := watchLine{ev.Time, ev.Ref.Host, ev.Kind, ev.Ref.ID, ev.Ref.Name, ev.State, ev.Detail}
	switch c.output {
	case "json":
		return c.line(line)
	case "yaml":
		if _, err := io.WriteString(c.out, "---\n"); err != nil {
			return err
		}
		return c.printYAML(line)
	}
	_, err := fmt.Fprintf(c.out, "%s  %-14s %s %s %s\n", ev.Time.Local().Format(time.TimeOnly), ev.Kind, printable(ev.Ref.Name), ev.State, ev.Detail)
	return err
}
