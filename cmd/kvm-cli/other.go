package main

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func newAuditCommand(c *cli) *cobra.Command {
	var since, actor, on string
	list := &cobra.Command{
		Use: "list", Short: "List what was asked of the program, by whom, and what came of it", Args: exact(),
		Example: `  kvm-cli audit list --since 24h
  kvm-cli audit list --since 2026-01-31 -o json
  kvm-cli audit list --actor ada --on localhost`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, err := parseSince(since)
			if err != nil {
				return err
			}
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				rows, err := s.Operations.Audit(ctx, virt.AuditFilter{Host: c.onHost(on), Actor: actor, Since: from})
				if err != nil {
					return err
				}
				return c.print(orEmpty(rows), func(w io.Writer) {
					row(w, "TIME", "ACTOR", "VIA", "ACTION", "HOST", "TARGET", "RESULT", "MESSAGE")
					for _, r := range rows {
						row(w, r.Time.Local().Format(time.DateTime), r.Actor, r.Via, r.Action, r.Target.Host, r.Target.String(), r.Result, r.Message)
					}
				})
			})
		},
	}
	list.Flags().StringVar(&since, "since", "", "only since this `TIME`: 24h, 2026-01-31 or RFC 3339")
	list.Flags().StringVar(&actor, "actor", "", "only what this `USER` asked for")
	list.Flags().StringVar(&on, "on", "", "only what was asked of the host of this `NAME` (default the one that --host names)")
	return group("audit", "Show the audit log", list)
}

// parseSince reads a duration before now, a day, or an RFC 3339 time.
func parseSince(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return time.Now().Add(-d), nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return day, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, usage("%q is not a time", text).WithHint("Write 24h, 2026-01-31 or 2026-01-31T12:00:00Z.")
	}
	return at, nil
}

func newSettingCommand(c *cli) *cobra.Command {
	list := &cobra.Command{
		Use: "list", Short: "List the settings", Args: exact(),
		Example: `  kvm-cli setting list`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				settings, err := s.Settings.List(ctx)
				if err != nil {
					return err
				}
				return c.print(settings, func(w io.Writer) {
					row(w, "NAME", "VALUE", "DEFAULT", "ALLOWED")
					for _, v := range settings {
						row(w, v.Name, v.Text(), v.Default, v.Allowed)
					}
				})
			})
		},
	}
	get := &cobra.Command{
		Use: "get NAME", Short: "Print a setting", Args: exact("NAME"),
		Example: `  kvm-cli setting get stats.interval`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				v, err := s.Settings.Get(ctx, args[0])
				if err != nil {
					return err
				}
				return c.print(v, func(w io.Writer) { row(w, v.Text()) })
			})
		},
	}
	set := &cobra.Command{
		Use: "set NAME VALUE", Short: "Change a setting", Args: exact("NAME", "VALUE"),
		Long: `Change a setting. A window that is open follows at once. keys.ID gives an action
of the window another key combination; the IDs are those under Keyboard in its
settings.`,
		Example: `  kvm-cli setting set stats.interval 5s
  kvm-cli setting set appearance.theme dark
  kvm-cli setting set keys.palette Ctrl+Shift+F`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				return s.Settings.Set(ctx, args[0], args[1])
			})
		},
	}
	reset := &cobra.Command{
		Use: "reset NAME", Short: "Give a setting its default again", Args: exact("NAME"),
		Example: `  kvm-cli setting reset confirm.force_off`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				return s.Settings.Reset(ctx, args[0])
			})
		},
	}
	return group("setting", "Show and change settings", list, get, set, reset)
}

// orEmpty makes a list that is never null in JSON.
func orEmpty[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
