package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// A guest is a QEMU of our own, without libvirt, that runs a kernel of peer/.
type guest struct {
	socket string // of its VNC server
	cmd    *exec.Cmd
	dir    string
}

// startGuest returns when the guest's VNC server listens. options are appended to
// QEMU's for that server. End it with end.
func startGuest(ctx context.Context, kernel, options string) (g *guest, err error) {
	dir, err := os.MkdirTemp("", "guest-")
	if err != nil {
		return nil, err
	}
	g = &guest{socket: filepath.Join(dir, "vnc"), dir: dir}
	g.cmd = exec.CommandContext(ctx, "qemu-system-x86_64", "-machine", "pc", "-accel", "tcg", "-m", "64",
		"-nodefaults", "-vga", "std", "-display", "none", "-vnc", "unix:"+g.socket+options, "-kernel", kernel)
	g.cmd.Stderr = os.Stderr
	g.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := g.cmd.Start(); err != nil {
		return nil, err
	}
	conn, err := g.dial(ctx)
	if err != nil {
		g.end()
		return nil, err
	}
	return g, conn.Close()
}

func (g *guest) end() {
	end(g.cmd)
	_ = os.RemoveAll(g.dir) // of the system's temporary files
}

func (g *guest) dial(ctx context.Context) (net.Conn, error) { return dialSocket(ctx, g.socket) }

// dialSocket connects as soon as somebody listens: the socket's file is there
// a little earlier.
func dialSocket(ctx context.Context, socket string) (net.Conn, error) {
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
		if err == nil {
			return conn, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s: %w", socket, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}
