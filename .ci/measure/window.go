package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// patience is how long a window may take to come.
const patience = 60 * time.Second

// An app is a program with a window that shows a list of machines.
type app struct {
	name   string
	path   string
	args   []string
	env    []string
	traces bool              // it says by itself when it has painted and filled its list
	empty  bool              // its list has nothing to be filled with
	hear   func(line []byte) // of the trace; may be nil
}

// apps returns the programs for a list of n machines: ours, virt-manager, and
// the smallest Fyne program with a list.
func (b *bench) apps(n int) (ours, virtManager, list app) {
	ours = app{name: "kvm-manager", path: b.program("kvm-manager"), args: []string{"--host", b.daemon.URI, "--size", "1280x800", "--theme", "dark"}, traces: true}
	virtManager = app{name: "virt-manager", path: "virt-manager", args: []string{"--no-fork", "--connect", b.daemon.URI}}
	list = app{name: "smallest Fyne list", path: b.program("list"), args: []string{strconv.Itoa(n)}, traces: true}
	return ours, virtManager, list
}

// A window is a running app.
type window struct {
	cmd    *exec.Cmd
	bus    *exec.Cmd // its session bus: on one for all, the killed would still answer for the next
	trace  *pipe     // nil when it traces nothing
	begun  time.Time
	ready  time.Time
	mapped time.Time
	id     string // X's number
}

// open starts the app and returns when its window is on the screen and, as far
// as the app says so, painted with its list filled.
func (b *bench) open(ctx context.Context, a app) (*window, error) {
	b.display.forget()
	home := filepath.Join(b.files, filepath.Base(a.path))
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, a.path, a.args...)
	cmd.Env = append(append(b.display.env, a.env...), "HOME="+home, "XDG_CONFIG_HOME="+home+"/config", "XDG_DATA_HOME="+home+"/data",
		"XDG_STATE_HOME="+home+"/state", "XDG_CACHE_HOME="+home+"/cache")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	w := &window{cmd: cmd, bus: exec.CommandContext(ctx, "dbus-daemon", "--session", "--nofork", "--print-address=1")}
	address, err := says(w.bus, nil)
	if err != nil {
		return nil, err
	}
	filled := make(chan time.Time, 1)
	if a.traces {
		if w.trace, err = newPipe(filepath.Join(home, "trace")); err != nil {
			end(w.bus)
			return nil, err
		}
		go a.listen(w.trace, filled)
		cmd.Env = append(cmd.Env, "KVM_MANAGER_TRACE="+w.trace.path)
	} else {
		filled <- time.Time{}
	}
	cmd.Env = append(cmd.Env, "DBUS_SESSION_BUS_ADDRESS="+address)
	w.begun = time.Now()
	if err := cmd.Start(); err != nil {
		w.close()
		return nil, err
	}
	if err := w.wait(b.display, filled); err != nil {
		w.kill()
		return nil, fmt.Errorf("%s: %w", a.name, err)
	}
	return w, nil
}

// wait returns when the window is on the screen and its list filled.
func (w *window) wait(d *display, filled <-chan time.Time) error {
	late := time.After(patience)
	select {
	case m := <-d.mapped:
		w.mapped, w.id, w.ready = m.at, m.window, m.at
	case <-late:
		return fmt.Errorf("no window in %s", patience)
	}
	select {
	case at := <-filled:
		if at.After(w.ready) {
			w.ready = at
		}
	case <-late:
		return fmt.Errorf("no list in %s", patience)
	}
	return nil
}

// listen tells when the trace has said that a frame was painted and the list
// filled, and passes on what it says.
func (a app) listen(p *pipe, filled chan<- time.Time) {
	painted, listed, told := false, a.empty, false
	p.lines(func(line []byte) {
		if a.hear != nil {
			a.hear(line)
		}
		var event struct{ Event string }
		if told || json.Unmarshal(line, &event) != nil {
			return
		}
		painted, listed = painted || event.Event == "window_mapped", listed || event.Event == "list_filled"
		if painted && listed {
			told = true
			filled <- time.Now()
		}
	})
}

// kill ends the program at once and returns the CPU seconds it has used.
func (w *window) kill() (cpu float64) {
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait() // it says that it was killed
	w.close()
	return (w.cmd.ProcessState.UserTime() + w.cmd.ProcessState.SystemTime()).Seconds()
}

// close ends what belongs to the window.
func (w *window) close() {
	if w.trace != nil {
		_ = w.trace.file.Close()
	}
	end(w.bus)
}
