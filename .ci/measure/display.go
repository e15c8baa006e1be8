package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// A display is an X server in memory and a watcher that tells when a window comes
// on its screen.
type display struct {
	env       []string
	mapped    chan mapping
	processes []*exec.Cmd
}

// A mapping is a window that came on the screen.
type mapping struct {
	window string
	at     time.Time
}

func newDisplay(watcher string) (d *display, err error) {
	d = &display{mapped: make(chan mapping, 16)}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	name, err := d.says(exec.Command("Xvfb", "-displayfd", "1", "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"), nil)
	if err != nil {
		return d, err
	}
	d.env = append(os.Environ(), "DISPLAY=:"+name, "GSETTINGS_BACKEND=memory",
		"LIBGL_ALWAYS_SOFTWARE=1", "FYNE_SCALE=1", "FYNE_DISABLE_DPI_DETECTION=1")
	watch := exec.Command(watcher)
	watch.Env = d.env
	_, err = d.says(watch, func(window string) {
		select {
		case d.mapped <- mapping{window, time.Now()}:
		default: // nobody is waiting
		}
	})
	return d, err
}

// says starts a program that runs as long as the display; see says.
func (d *display) says(cmd *exec.Cmd, more func(string)) (string, error) {
	first, err := says(cmd, more)
	if cmd.Process != nil {
		d.processes = append(d.processes, cmd)
	}
	return first, err
}

// close ends everything, the latest first.
func (d *display) close() {
	for i := len(d.processes) - 1; i >= 0; i-- {
		end(d.processes[i])
	}
}

// says starts a program and returns the first line it says. The other lines go
// to more. End it with end.
func says(cmd *exec.Cmd, more func(string)) (string, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s says nothing: %w", cmd.Path, err)
	}
	go func() {
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			if more != nil {
				more(strings.TrimSpace(line))
			}
		}
	}()
	return strings.TrimSpace(first), nil
}

// end kills a program with what it started itself.
func end(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Wait()
}

// forget drops windows that came before.
func (d *display) forget() {
	for {
		select {
		case <-d.mapped:
		default:
			return
		}
	}
}

// confirms asks xdotool, which looks at the display by itself, whether the
// window can be seen.
func (d *display) confirms(window string) error {
	cmd := exec.Command("xdotool", "search", "--onlyvisible", "--name", ".")
	cmd.Env = d.env
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("xdotool: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		if strings.TrimSpace(line) == window {
			return nil
		}
	}
	return fmt.Errorf("xdotool does not see window %s but %q", window, bytes.TrimSpace(out))
}

// A pipe is a named pipe: what a program writes as its trace is known at once.
type pipe struct {
	path string
	file *os.File
}

func newPipe(path string) (*pipe, error) {
	if err := errors.Join(ignoreMissing(os.Remove(path)), syscall.Mkfifo(path, 0o600)); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0) // for writing, too: so it never ends
	return &pipe{path, file}, err
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// lines hands the lines to take until the pipe is closed.
func (p *pipe) lines(take func([]byte)) {
	lines := bufio.NewScanner(io.Reader(p.file))
	for lines.Scan() {
		take(lines.Bytes())
	}
}
