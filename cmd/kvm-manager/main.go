// Command kvm-manager opens the window.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
	"github.com/kvmmanager/kvm-manager/ui"
	"github.com/kvmmanager/kvm-manager/ui/hosts"
	_ "github.com/kvmmanager/kvm-manager/ui/locale" // before Fyne reads the locale
)

func main() {
	if err := command().Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "kvm-manager:", err)
		os.Exit(1)
	}
}

// flags are what the command line says.
type flags struct {
	hosts              []string
	page, theme, size  string
	scale              float64
	configDir, dataDir string
}

func command() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:           "kvm-manager",
		Short:         "Create, run and look after virtual machines",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), f) },
	}
	cmd.Flags().StringArrayVar(&f.hosts, "host", nil, "libvirt `URI` of a host; may be given more than once")
	cmd.Flags().StringVar(&f.page, "page", "", "`PAGE` to begin with: machines, vm:NAME, console:NAME, recording:FILE")
	cmd.Flags().StringVar(&f.theme, "theme", "", "dark, light or system")
	cmd.Flags().StringVar(&f.size, "size", "", "size of the window in pixels, such as 1280x800")
	cmd.Flags().Float64Var(&f.scale, "scale", 0, "factor for all sizes, such as 1.5")
	cmd.Flags().StringVar(&f.configDir, "config-dir", "", "`DIR` for settings instead of the usual one")
	cmd.Flags().StringVar(&f.dataDir, "data-dir", "", "`DIR` for data instead of the usual one")
	return cmd
}

// startedFor is how long after the window stands what its start has left behind
// is given back to the system, which the runtime would do in the course of minutes.
const startedFor = 3 * time.Second

func run(ctx context.Context, f flags) error {
	if err := f.check(); err != nil {
		return err
	}
	pixels, err := parseSize(f.size)
	if err != nil {
		return err
	}
	if err := services.QuietLibvirt(); err != nil {
		return err
	}
	if err := storage.UseSessionBus(); err != nil {
		return err
	}
	collect := debug.SetGCPercent(-1) // nothing is thrown away before the window stands
	ctx = virt.WithActor(ctx, virt.Actor{Name: userName(), Via: "gui", Role: virt.RoleAdmin})
	asker := hosts.NewAsker()
	svc, err := services.Open(ctx, services.Options{Dirs: f.dirs(), Hosts: f.hosts, Asker: asker, AtStart: true})
	if err != nil {
		return err
	}
	scale := cmp.Or(f.scale, svc.Settings.Scale())
	if err := setScale(f.scale != 0, scale); err != nil {
		return errors.Join(err, svc.Close())
	}
	// Without an ID Fyne keeps no preferences: ours are in settings.json, and a
	// program that is killed would leave an empty file that Fyne cannot read.
	return ui.Run(ctx, ui.Options{
		App: app.NewWithID(""), Services: svc, Asker: asker, Page: f.page, Theme: f.theme, BeforeShow: nameWindows,
		Shown: func() {
			debug.SetGCPercent(collect)
			time.AfterFunc(startedFor, debug.FreeOSMemory)
		},
		Size: fyne.NewSize(pixels.Width/float32(scale), pixels.Height/float32(scale)),
	})
}

func (f flags) check() error {
	switch f.theme {
	case "", "dark", "light", "system":
	default:
		return fmt.Errorf("--theme is dark, light or system, not %q", f.theme)
	}
	if f.scale != 0 && (f.scale < 0.5 || f.scale > 4) {
		return fmt.Errorf("--scale is between 0.5 and 4, not %g", f.scale)
	}
	return nil
}

func (f flags) dirs() storage.Dirs { return storage.DefaultDirs().With(f.configDir, f.dataDir) }

// parseSize reads WIDTHxHEIGHT in pixels; empty is the zero size.
func parseSize(text string) (fyne.Size, error) {
	if text == "" {
		return fyne.Size{}, nil
	}
	across, down, found := strings.Cut(text, "x")
	width, errWidth := strconv.Atoi(across)
	height, errHeight := strconv.Atoi(down)
	if !found || errWidth != nil || errHeight != nil || width < 320 || height < 240 || width > 16384 || height > 16384 {
		return fyne.Size{}, fmt.Errorf("--size is WIDTHxHEIGHT such as 1280x800, not %q", text)
	}
	return fyne.NewSize(float32(width), float32(height)), nil
}

// setScale tells Fyne the factor for all sizes, which it reads from the
// environment only. A factor of 1 that nobody asked for leaves the screen's own.
func setScale(asked bool, scale float64) error {
	if !asked && scale == 1 {
		return nil
	}
	return os.Setenv("FYNE_SCALE", strconv.FormatFloat(scale, 'g', -1, 64))
}

func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return strconv.Itoa(os.Getuid())
}
