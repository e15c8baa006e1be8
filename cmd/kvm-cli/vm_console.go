package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	machine "github.com/kvmmanager/kvm-manager/services/vm"
)

// escape leaves a serial console: Ctrl+].
const escape = 0x1d

type consoleAddress struct {
	Type        string `json:"type"`
	Host        string `json:"host"`
	Port        int    `json:"port"`
	Socket      string `json:"socket"`
	PasswordSet bool   `json:"password_set"`
}

func newVMConsoleCommand(c *cli) *cobra.Command {
	var serial string
	var force, viewer bool
	cmd := &cobra.Command{
		Use: "console NAME", Short: "Open a machine's screen in the window, or its serial port here",
		Example: `  kvm-cli vm console demo
  kvm-cli vm console demo --serial
  kvm-cli vm console demo --serial=1 --force
  echo uptime | kvm-cli vm console demo --serial
  kvm-cli vm console demo --viewer
  kvm-cli vm console demo -o json`,
		Long: `Open the machine's screen in the window. With -o json, print where it is served instead.
With --serial, connect this terminal to the machine's serial port; Ctrl+] leaves it.
Without a terminal, what is piped in is typed, and what the machine says is written
until it goes off. A port that another program has open is taken with --force.
With --viewer, open the screen in another program: remote-viewer of the package
virt-viewer, or what the desktop opens connection files (.vv) with. The file is
written to the runtime directory, readable by you only, and has no password.`,
		Args: exact("NAME"), ValidArgsFunction: c.names,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.onVM(cmd, args[0], func(ctx context.Context, s *services.Services, vm virt.Ref) error {
				switch {
				case viewer && serial != "":
					return usage("choose one of --serial and --viewer")
				case viewer:
					return s.VMs.OpenViewer(ctx, vm)
				case serial != "":
					return c.serial(ctx, s, vm, serial, force)
				case c.output != "table":
					return c.consoleAddress(ctx, s, vm)
				default:
					return c.openWindow(ctx, s, vm)
				}
			})
		},
	}
	cmd.Flags().StringVar(&serial, "serial", "", "the serial port of this `NUMBER`")
	cmd.Flags().Lookup("serial").NoOptDefVal = "0"
	cmd.Flags().BoolVar(&viewer, "viewer", false, "open the screen in another viewer")
	cmd.Flags().BoolVar(&force, "force", false, "take the serial port from another program")
	return cmd
}

func (c *cli) consoleAddress(ctx context.Context, s *services.Services, vm virt.Ref) error {
	g, err := s.VMs.Address(ctx, vm)
	if err != nil {
		return err
	}
	return c.print(consoleAddress{g.Type, g.Listen, g.Port, g.Socket, g.Password}, func(io.Writer) {})
}

// openWindow starts the window on the machine's console and leaves it running.
func (c *cli) openWindow(ctx context.Context, s *services.Services, vm virt.Ref) error {
	if _, err := s.VMs.Address(ctx, vm); err != nil && !c.hasPort(ctx, s, vm, err) {
		return err
	}
	host, err := s.Hosts.Show(ctx, vm.Host)
	if err != nil {
		return err
	}
	window := exec.Command(sibling("kvm-manager"), "--host", host.URI, "--page", "console:"+vm.Name) // an argument vector; it outlives us
	if err := window.Start(); err != nil {
		return virt.Errorf(virt.KindUnavailable, "start the window: %w", err).WithHint("Install kvm-manager, or use --serial.")
	}
	return window.Process.Release()
}

// hasPort says whether the window can show a machine that has no screen.
func (c *cli) hasPort(ctx context.Context, s *services.Services, vm virt.Ref, noScreen error) bool {
	if !errors.Is(noScreen, virt.ErrUnsupported) {
		return false
	}
	found, err := s.VMs.Consoles(ctx, vm)
	return err == nil && len(found.Ports) > 0
}

func (c *cli) serial(ctx context.Context, s *services.Services, vm virt.Ref, port string, force bool) error {
	number, err := strconv.Atoi(port)
	if err != nil || number < 0 {
		return usage("%q is not the number of a serial port", port)
	}
	console, err := s.VMs.Serial(ctx, vm, number, force)
	if errors.Is(err, machine.ErrPortInUse) {
		return &virt.Error{Kind: virt.KindState, Action: virt.OpenConsole, Ref: vm, Err: err, Hint: "Add --force to take it away."}
	}
	if err != nil {
		return err
	}
	defer console.Close()
	stop := context.AfterFunc(ctx, func() { console.Close() })
	defer stop()
	restore, err := c.rawTerminal(vm)
	if err != nil {
		return err
	}
	defer restore()
	return c.joined(ctx, console)
}

// rawTerminal hands every key to the machine, when stdin is a terminal.
func (c *cli) rawTerminal(vm virt.Ref) (func(), error) {
	if !isTerminal(c.in) {
		return func() {}, nil
	}
	fmt.Fprintf(c.err, "Connected to %s. Ctrl+] leaves.\r\n", vm)
	fd := int(c.in.(*os.File).Fd()) // isTerminal looked
	before, err := term.MakeRaw(fd)
	if err != nil {
		return nil, usage("take over the terminal: %w", err)
	}
	return func() {
		_ = term.Restore(fd, before) //nolint:errcheck // nothing is left to do about it
		fmt.Fprintln(c.err)
	}, nil
}

// joined copies both ways until the machine or the person ends it.
func (c *cli) joined(ctx context.Context, console io.ReadWriter) error {
	ended := make(chan error, 2)
	go func() {
		_, err := io.Copy(c.out, console)
		ended <- err
	}()
	go func() {
		keys := copyKeys
		if !isTerminal(c.in) {
			keys = copyAll
		}
		if left, err := keys(console, c.in); left || err != nil {
			ended <- err
		}
		// The end of a file of keys does not end the console.
	}()
	select {
	case err := <-ended:
		if ctx.Err() != nil || errors.Is(err, io.ErrClosedPipe) {
			return nil
		}
		return err
	case <-ctx.Done():
		return nil
	}
}

// copyAll passes on what is piped in, in which no byte has a meaning.
func copyAll(to io.Writer, from io.Reader) (left bool, err error) {
	_, err = io.Copy(to, from)
	return false, err
}

// copyKeys passes keys on; left says that the person pressed the escape.
func copyKeys(to io.Writer, from io.Reader) (left bool, err error) {
	keys := make([]byte, 1024)
	for {
		n, err := from.Read(keys)
		if at := bytes.IndexByte(keys[:n], escape); at >= 0 {
			_, err := to.Write(keys[:at])
			return true, err
		}
		if n > 0 {
			if _, err := to.Write(keys[:n]); err != nil {
				return false, err
			}
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
}
