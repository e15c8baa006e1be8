package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	machine "github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/storage"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

func newConsoleCommand(c *cli) *cobra.Command {
	return group("console", "Record screens and play recordings",
		newConsoleRecordCommand(c), newConsoleReplayCommand(c), newConsoleServeCommand(c))
}

// encodings are the words for what a recording may hold.
var encodings = map[string]rfb.Encoding{
	"raw": rfb.EncodingRaw, "hextile": rfb.EncodingHextile, "zlib": rfb.EncodingZlib,
	"zrle": rfb.EncodingZRLE, "tight": rfb.EncodingTight,
}

// recordOptions are the flags of console record.
type recordOptions struct {
	encoding string
	length   time.Duration
}

func newConsoleRecordCommand(c *cli) *cobra.Command {
	var o recordOptions
	cmd := &cobra.Command{
		Use: "record VM FILE", Short: "Record a machine's screen until interrupted or the machine stops",
		Long: `Record what the screen of a running machine shows. The file must not exist;
with a name that ends in .zst it is compressed.`,
		Example: `  kvm-cli console record web session.rfb.zst --for 1m`,
		Args:    exact("VM", "FILE"), ValidArgsFunction: c.names,
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, known := encodings[o.encoding]; !known {
				return usage("there is no encoding %q", o.encoding).WithHint("Choose raw, hextile, zlib, zrle or tight.")
			}
			return c.onVM(cmd, args[0], func(ctx context.Context, s *services.Services, vm virt.Ref) error {
				return c.recordConsole(ctx, s, vm, args[1], o)
			})
		},
	}
	cmd.Flags().StringVar(&o.encoding, "encoding", "zrle", "how pixels are sent: raw, hextile, zlib, zrle or tight")
	cmd.Flags().DurationVar(&o.length, "for", 0, "stop after this `TIME`; 0: when interrupted")
	return cmd
}

// recordConsole records until ctx or the time ends, which is no failure, or the
// connection does.
func (c *cli) recordConsole(ctx context.Context, s *services.Services, vm virt.Ref, path string, o recordOptions) error {
	tape, err := storage.CreateTape(path)
	if err != nil {
		return err
	}
	if o.length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.length)
		defer cancel()
	}
	frame := &rfb.Frame{}
	clock := startClock()
	stats, err := s.VMs.Record(ctx, vm, machine.RecordSpec{
		Login: s.Hosts.ScreenLogin(vm, nil), Encoding: encodings[o.encoding], Frame: frame, To: tape,
	})
	if err == nil && stats.Rectangles == 0 {
		err = virt.Errorf(virt.KindCancelled, "no picture came before the recording ended")
	}
	err = errors.Join(consoleError(vm.Name, stats, err), tape.Close())
	if stats.Rectangles == 0 {
		err = errors.Join(err, os.Remove(path)) // it holds nothing
	}
	if err != nil {
		return err
	}
	return c.printReplay(clock.result(frame, stats))
}

func newConsoleReplayCommand(c *cli) *cobra.Command {
	var headless bool
	cmd := &cobra.Command{
		Use: "replay FILE|unix:SOCKET", Short: "Play a recording in the window, or decode it and measure that",
		Long: `Play a recording in the window. With --headless, decode it as fast as possible, or
what a server at a Unix socket sends until it ends the connection, and print what
that took; a file is read and decompressed before the clock starts.`,
		Example: `  kvm-cli console replay session.rfb.zst
  kvm-cli console replay --headless session.rfb.zst -o json`,
		Args: exact("FILE|unix:SOCKET"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !headless {
				return showRecording(args[0])
			}
			return c.replay(cmd.Context(), args[0])
		},
	}
	cmd.Flags().BoolVar(&headless, "headless", false, "decode without showing")
	return cmd
}

// showRecording starts the window on a recording and leaves it running.
func showRecording(from string) error {
	if strings.HasPrefix(from, "unix:") {
		return virt.Errorf(virt.KindUnsupported, "the window plays files only").WithHint("Add --headless.")
	}
	path, err := filepath.Abs(from)
	if err != nil {
		return virt.Errorf(virt.KindInvalid, "%w", err)
	}
	if _, err := os.Stat(path); err != nil {
		return virt.Errorf(virt.KindNotFound, "read the recording: %w", err).WithHint("Name a file that console record has made.")
	}
	window := exec.Command(sibling("kvm-manager"), "--page", "recording:"+path) // an argument vector; it outlives us
	if err := window.Start(); err != nil {
		return virt.Errorf(virt.KindUnavailable, "start the window: %w", err).WithHint("Install kvm-manager, or add --headless.")
	}
	return window.Process.Release()
}

func (c *cli) replay(ctx context.Context, from string) error {
	conn, err := openRecording(ctx, from)
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the frame alone would set off a collection
	frame := &rfb.Frame{}
	clock := startClock()
	stats, err := rfb.Replay(ctx, conn, rfb.Options{Frame: frame, Local: true})
	result := clock.result(frame, stats)
	if err := consoleError(from, stats, err); err != nil {
		return err
	}
	return c.printReplay(result)
}

// openRecording returns a connection to what plays the recording.
func openRecording(ctx context.Context, from string) (net.Conn, error) {
	socket, live := strings.CutPrefix(from, "unix:")
	if !live {
		tape, err := storage.ReadTape(from)
		if err != nil {
			return nil, err
		}
		return rfb.Player(tape.Reader()), nil
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, virt.Errorf(virt.KindUnavailable, "connect: %w", err).WithHint("Start the server first, for example with console serve.")
	}
	return conn, nil
}

// consoleError says how far a session came before it failed. What has a kind
// already failed before there was one.
func consoleError(what string, stats rfb.Stats, err error) error {
	kind := virt.KindInvalid
	var unwilling *rfb.SecurityError
	var auth *rfb.AuthError
	var ours *virt.Error
	switch {
	case err == nil, errors.As(err, &ours):
		return err
	case errors.Is(err, context.Canceled):
		kind = virt.KindCancelled
	case errors.Is(err, rfb.ErrPasswordNeeded), errors.Is(err, rfb.ErrLoginNeeded), errors.As(err, &auth):
		kind = virt.KindUnauthenticated
	case errors.As(err, &unwilling):
		kind = virt.KindUnsupported
	}
	return virt.Errorf(kind, "%s: after %d rectangles, %.1f megapixels: %w", what, stats.Rectangles, megapixels(stats), err)
}

func newConsoleServeCommand(c *cli) *cobra.Command {
	var socket string
	cmd := &cobra.Command{
		Use: "serve FILE --socket SOCKET", Short: "Play a recording to every client that connects",
		Long: `Play a recording as a VNC server would, as fast as the client reads, until
interrupted. What the client says is not listened to.`,
		Example: `  kvm-cli console serve session.rfb.zst --socket /tmp/session`,
		Args:    exact("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if socket == "" {
				return usage("--socket is missing").WithHint("See --help.")
			}
			return c.serveConsole(cmd.Context(), args[0], socket)
		},
	}
	cmd.Flags().StringVar(&socket, "socket", "", "listen at this Unix `SOCKET`, which must not exist")
	return cmd
}

// serveConsole serves until ctx ends, which is no failure.
func (c *cli) serveConsole(ctx context.Context, path, socket string) error {
	tape, err := storage.ReadTape(path)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "unix", socket)
	if err != nil {
		return virt.Errorf(virt.KindUnavailable, "listen: %w", err).WithHint("Choose another --socket.")
	}
	defer listener.Close()
	if err := os.Chmod(socket, 0o600); err != nil {
		return virt.Errorf(virt.KindForbidden, "protect the socket: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { listener.Close() })
	defer stop()
	for {
		conn, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return virt.Errorf(virt.KindUnavailable, "accept: %w", err)
		}
		go func() {
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			if err := rfb.Serve(conn, tape.Reader()); err != nil && c.verbose {
				c.warn(err) // the client left
			}
		}()
	}
}

// A replayResult is what decoding a recording took.
type replayResult struct {
	Width       int     `json:"width"`
	Height      int     `json:"height"`
	Rects       uint64  `json:"rects"`
	Megapixels  float64 `json:"megapixels"`
	WallSeconds float64 `json:"wall_seconds"`
	CPUSeconds  float64 `json:"cpu_seconds"`
	FrameHash   string  `json:"frame_hash"`
}

func megapixels(s rfb.Stats) float64 { return float64(s.Pixels) / 1e6 }

func (c *cli) printReplay(r replayResult) error {
	return c.print(r, func(w io.Writer) {
		row(w, "Size", fmt.Sprintf("%d x %d", r.Width, r.Height))
		row(w, "Rectangles", fmt.Sprint(r.Rects))
		row(w, "Megapixels", fmt.Sprintf("%.2f", r.Megapixels))
		row(w, "Time", fmt.Sprintf("%.3f s", r.WallSeconds))
		row(w, "Processor time", fmt.Sprintf("%.3f s", r.CPUSeconds))
		row(w, "Last frame", r.FrameHash)
	})
}
