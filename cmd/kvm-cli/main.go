// Command kvm-cli works on virtual machines from the command line. What scripts
// may rely on stands in its help texts and in the README.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/kvmmanager/kvm-manager/storage"
)

func main() {
	if err := storage.UseSessionBus(); err != nil {
		fmt.Fprintln(os.Stderr, "kvm-cli:", err)
		os.Exit(1)
	}
	ctx, stop := interruptible(context.Background())
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// interruptible returns a context that the first interrupt cancels, so that what
// was begun is taken back. The second interrupt leaves at once; the next start
// takes back what then is left.
func interruptible(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(exitCodes["interrupted"])
	}()
	return ctx, func() { signal.Stop(signals); cancel() }
}
