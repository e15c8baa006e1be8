// Command terminal shows a program, run on a pseudoterminal, in a window. Tests
// and people look at it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/theme"
	"github.com/kvmmanager/kvm-manager/vnc"
)

func main() {
	program := app.NewWithID("org.kvmmanager.terminal")
	program.Settings().SetTheme(theme.New(theme.Dark))
	window := program.NewWindow("Terminal under test")
	window.SetPadded(false)
	window.Resize(fyne.NewSize(80*8+12, 24*18+12))

	terminal := vnc.NewTerminal("Terminal under test", nil)
	terminal.OnStatus = func(s vnc.Status) { fmt.Println("status", s.State, s.Err) }
	terminal.OnTitle = func(title string) { window.SetTitle(title) }
	terminal.OnFocus = func(focused bool) { fmt.Println("focus", focused) }
	window.SetContent(terminal)
	terminal.Connect(context.Background(), run)
	window.Canvas().Focus(terminal)
	window.ShowAndRun()
	terminal.Close()
	terminal.Wait()
}

var errRanOnce = errors.New("the program has ended")

var ran bool

func run(context.Context) (io.ReadWriteCloser, error) {
	if ran {
		return nil, errRanOnce
	}
	ran = true
	master, slave, err := virttest.OpenPty(80, 24)
	if err != nil {
		return nil, err
	}
	defer slave.Close()
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.Env = append(os.Environ(), "TERM=xterm-256color")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	return master, cmd.Start()
}
