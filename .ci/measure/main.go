// Command measure compares the programs with others, in turn in one run, on a
// libvirt daemon and a display of their own. It prints a table and exits with 1
// when a target was missed.
//
//	measure [-programs DIRECTORY] [-scroll TIME] [CASE...]   all cases, or those
//	measure refresh URI N                                    our side of the case inventory, see getallstats
//
// A ratio is taken of CPU seconds (user and system, of that process) where that
// tells the same: other people's load moves them little. Wall times have a
// target only where waiting is what counts.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/storage"
)

var errMissed = errors.New("a target was missed")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	programs := flag.String("programs", "build/measure", "the `DIRECTORY` of the programs that are compared")
	scroll := flag.Duration("scroll", 2*time.Minute, "the case growth scrolls text for this `TIME`")
	flag.Parse()
	args := flag.Args()
	if len(args) != 3 || args[0] != "refresh" {
		return measure(ctx, *programs, *scroll, args)
	}
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	return refreshAlone(ctx, args[1], n)
}

// A bench is what the cases share.
type bench struct {
	programs string // directory
	files    string // directory for what the programs keep
	daemon   *virttest.Daemon
	svc      *services.Services // of that daemon
	host     virt.HostID
	display  *display
	report   *report
	filled   int           // machines that are defined
	scroll   time.Duration // of the case growth
}

// cases in the order they run: the number of machines grows.
var cases = []struct {
	name string
	run  func(context.Context, *bench) error
}{
	{"create", create},
	{"repaint", repaint},
	{"still", still},
	{"growth", growth},
	{"start-200", func(ctx context.Context, b *bench) error { return b.start(ctx, 200) }},
	{"idle", idle},
	{"beside", beside},
	{"start-1000", func(ctx context.Context, b *bench) error { return b.start(ctx, 1000) }},
	{"list", list},
	{"scroll", scroll},
	{"inventory", inventory},
	{"clilist", clilist},
	{"console", console},
	{"key", key},
}

func measure(ctx context.Context, programs string, scroll time.Duration, only []string) (err error) {
	programs, err = filepath.Abs(programs)
	if err != nil {
		return err
	}
	b := &bench{programs: programs, scroll: scroll, report: newReport()}
	if b.files, err = os.MkdirTemp("", "measure-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.files)) }()
	if b.daemon, err = virttest.StartLibvirtd(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.daemon.Close()) }()
	ctx, b.svc, err = openServices(ctx, filepath.Join(b.files, "ours"), b.daemon.URI)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.svc.Close()) }()
	if b.host, err = onlyHost(ctx, b.svc); err != nil {
		return err
	}
	if b.display, err = newDisplay(b.program("mapped")); err != nil {
		return err
	}
	defer b.display.close()

	for _, c := range cases {
		if len(only) > 0 && !slices.Contains(only, c.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", c.name)
		b.report.begin(c.name)
		if err := c.run(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		b.report.end()
	}
	b.report.print(os.Stdout)
	if b.report.missed() {
		return errMissed
	}
	return nil
}

func (b *bench) program(name string) string { return filepath.Join(b.programs, name) }

// fill defines machines until there are n.
func (b *bench) fill(n int) error {
	if n <= b.filled {
		return nil
	}
	first := b.filled
	b.filled = n
	return virttest.Fill(b.daemon.URI, first, n)
}

// openServices opens services of the host at uri that keep their files in dir.
func openServices(ctx context.Context, dir, uri string) (context.Context, *services.Services, error) {
	ctx = virt.WithActor(ctx, virt.Actor{Name: "measure", Via: "test", Role: virt.RoleAdmin})
	svc, err := services.Open(ctx, services.Options{Hosts: []string{uri}, Dirs: storage.Dirs{
		Config: dir + "/config", Data: dir + "/data", State: dir + "/state", Cache: dir + "/cache", Runtime: dir + "/run",
	}})
	return ctx, svc, err
}

func onlyHost(ctx context.Context, svc *services.Services) (virt.HostID, error) {
	ids, err := svc.Hosts.IDs(ctx)
	if err != nil {
		return "", err
	}
	return ids[0], svc.Hosts.Wait(ctx, ids[0])
}
