package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// A cli is one run of the program: its streams and the flags of all commands.
type cli struct {
	in       io.Reader
	out, err io.Writer

	host      string
	output    string
	json      bool // the output is JSON, even when the arguments cannot be read
	progress  string
	configDir string
	dataDir   string
	verbose   bool
	acceptKey string // the fingerprint of a host key to accept
}

// run executes the arguments and returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	c := &cli{in: in, out: out, err: errs, json: outputOf(args) == "json"}
	root := newRootCommand(c)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	return c.report(err)
}

// outputOf finds the output format among the arguments, so that even arguments
// that cannot be read are answered in it.
func outputOf(args []string) string {
	for i, arg := range args {
		switch {
		case arg == "--":
			return defaultOutput
		case (arg == "-o" || arg == "--output") && i+1 < len(args):
			return args[i+1]
		}
		for _, prefix := range []string{"--output=", "-o=", "-o"} {
			if value, found := strings.CutPrefix(arg, prefix); found && value != "" {
				return value
			}
		}
	}
	return defaultOutput
}

func newRootCommand(c *cli) *cobra.Command {
	root := &cobra.Command{
		Use:   "kvm-cli",
		Short: "Work on virtual machines",
		Long: `kvm-cli works on the virtual machines of a libvirt host.

The host is --host, else KVM_MANAGER_HOST, else LIBVIRT_DEFAULT_URI, else the
setting default_host, else the first of qemu:///system, qemu:///session and
the embedded driver that answers. A host is the name of a saved one (kvm-cli
host add) or any libvirt URI.

A machine is named by its name, or by uuid:UUID. Sizes want a unit: 2GiB, 500MB.

Exit codes: 1 internal, 2 invalid, 3 not found, 4 exists, 5 state,
6 forbidden or unauthenticated, 7 unavailable, 8 unsupported, 9 no space,
10 cancelled, 11 timeout, 12 interrupted, 13 partial.`,
		Example: `  kvm-cli vm create demo --try --start
  kvm-cli vm console demo --serial
  kvm-cli vm list -o json
  kvm-cli vm delete demo --yes --force`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return c.prepare() },
		Args:              cobra.ArbitraryArgs, // children tells which command is unknown
		RunE:              children,
	}
	c.addFlags(root)
	root.AddCommand(newHostCommand(c), newVMCommand(c), newPoolCommand(c), newVolumeCommand(c), newNetworkCommand(c), newOSCommand(c),
		newConsoleCommand(c), newOperationCommand(c), newAuditCommand(c), newSettingCommand(c), newVersionCommand(c))
	root.SetIn(c.in)
	root.SetOut(c.out) // before the next line, which keeps it
	root.SetErr(c.err)
	root.InitDefaultCompletionCmd("completion")
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.Args, completion.RunE = cobra.ArbitraryArgs, children
	}
	return root
}

func (c *cli) addFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVar(&c.host, "host", "", "`NAME` of a saved host, or its libvirt URI")
	flags.StringVarP(&c.output, "output", "o", defaultOutput, "`FORMAT` of the answer: table, json or yaml")
	flags.StringVar(&c.progress, "progress", "", "json: report progress as JSON lines on stderr")
	flags.StringVar(&c.configDir, "config-dir", "", "`DIR` of settings (default $XDG_CONFIG_HOME/kvm-manager)")
	flags.StringVar(&c.dataDir, "data-dir", "", "`DIR` of data (default $XDG_DATA_HOME/kvm-manager)")
	flags.BoolVarP(&c.verbose, "verbose", "v", false, "log on stderr what is done")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("%w", err).WithHint("See --help.") })
}

// prepare checks the flags of all commands and sets up logging.
func (c *cli) prepare() error {
	if !slices.Contains(outputs, c.output) {
		return usage("there is no output format %q", c.output).WithHint("Choose table, json or yaml.")
	}
	if c.progress != "" && c.progress != "json" {
		return usage("there is no progress format %q", c.progress).WithHint("Write --progress json, or leave it out.")
	}
	if c.verbose {
		return nil
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the error says it once
	return services.QuietLibvirt()
}

func usage(format string, args ...any) *virt.Error {
	return virt.Errorf(virt.KindInvalid, format, args...)
}

// dirs are the places for files, with the flags' overrides.
func (c *cli) dirs() storage.Dirs {
	d := storage.DefaultDirs().With(c.configDir, c.dataDir)
	if c.dataDir != "" {
		d.State = d.Data
	}
	return d
}

// read opens the services, runs work with the chosen host, and closes them.
func (c *cli) read(ctx context.Context, work func(context.Context, *services.Services, virt.HostID) error) error {
	ctx = withUser(ctx)
	var hosts []string
	if c.host != "" {
		hosts = []string{c.host}
	}
	s, err := services.Open(ctx, services.Options{Dirs: c.dirs(), Hosts: hosts, Asker: c.asker()})
	if err != nil {
		return err
	}
	ids, err := s.Hosts.IDs(ctx)
	if err == nil {
		err = work(ctx, s, ids[0])
	}
	return errors.Join(err, c.close(ctx, s))
}

// readHere is read for work that needs no host: it reads our own files.
func (c *cli) readHere(ctx context.Context, work func(context.Context, *services.Services) error) error {
	ctx = withUser(ctx)
	s, err := services.Open(ctx, services.Options{Dirs: c.dirs(), Alone: true, Asker: c.asker()})
	if err != nil {
		return err
	}
	return errors.Join(work(ctx, s), c.close(ctx, s))
}

// close ends the services, when what they have to keep is kept.
func (c *cli) close(ctx context.Context, s *services.Services) error {
	if err := s.Hosts.Settle(ctx); err != nil && ctx.Err() == nil {
		c.warn(err)
	}
	return s.Close()
}

func withUser(ctx context.Context) context.Context {
	return virt.WithActor(ctx, virt.Actor{Name: userName(), Via: "cli", Role: virt.RoleAdmin})
}

// change is read for work that changes something: first it takes back what an
// interrupted program left, and it shows progress.
func (c *cli) change(ctx context.Context, work func(context.Context, *services.Services, virt.HostID) error) error {
	return c.read(ctx, func(ctx context.Context, s *services.Services, host virt.HostID) error {
		undone, err := s.Operations.Recover(ctx)
		if err != nil {
			c.warn(err)
		}
		for _, op := range undone {
			c.note(op)
		}
		stop := c.showProgress(ctx, s)
		defer stop()
		return work(ctx, s, host)
	})
}

func userName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "unknown"
}

// exact is cobra.ExactArgs with an error that names what is missing.
func exact(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usage("%s is missing", names[len(args)]).WithHint("See --help.")
		case len(args) > len(names):
			return usage("%q is one argument too many", args[len(names)]).WithHint("See --help.")
		}
		return nil
	}
}

// between is exact where only the first least arguments are needed.
func between(least int, names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && len(args) <= len(names) {
			return nil
		}
		return exact(names...)(cmd, args)
	}
}

// atLeast is exact for one argument that may be repeated.
func atLeast(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return nil
		}
		return exact(name)(cmd, args)
	}
}

// group makes a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short,
		RunE: children,
	}
	cmd.AddCommand(commands...)
	return cmd
}

// children runs a command that only holds others.
func children(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	hint := "See " + cmd.CommandPath() + " --help."
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "Did you mean " + cmd.CommandPath() + " " + strings.Join(near, " or ") + "?"
	}
	return usage("%s has no command %q", cmd.CommandPath(), args[0]).WithHint(hint)
}

// sibling finds another program of ours: beside this one, else in PATH.
func sibling(name string) string {
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if _, err := os.Stat(beside); err == nil {
			return beside
		}
	}
	return name
}
