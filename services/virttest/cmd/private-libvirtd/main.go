// Command private-libvirtd runs a program against a libvirtd of its own, which
// ends with it:
//
//	go run ./services/virttest/cmd/private-libvirtd -- virsh list --all
//
// The program finds it by LIBVIRT_DEFAULT_URI and KVM_MANAGER_HOST. The exit
// status is the program's; 125 when libvirtd could not be started.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func main() {
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: private-libvirtd [--] COMMAND [ARGUMENT...]")
		os.Exit(2)
	}
	status, err := run(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "private-libvirtd:", err)
	}
	os.Exit(status)
}

// run starts libvirtd, runs the program and returns its exit status.
func run(args []string) (status int, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	daemon, err := virttest.StartLibvirtd()
	if err != nil {
		return 125, err
	}
	defer func() { err = errors.Join(err, daemon.Close()) }()

	program := exec.CommandContext(ctx, args[0], args[1:]...)
	program.Stdin, program.Stdout, program.Stderr = os.Stdin, os.Stdout, os.Stderr
	program.Env = append(os.Environ(), "LIBVIRT_DEFAULT_URI="+daemon.URI, "KVM_MANAGER_HOST="+daemon.URI)
	program.Cancel = func() error { return program.Process.Signal(syscall.SIGTERM) }
	program.WaitDelay = 10 * time.Second
	err = program.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode(), nil
	case err != nil:
		return 126, err
	}
	return 0, nil
}
