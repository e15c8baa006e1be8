package tiny

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// metaPackages are the packages that always depend on the newest kernel with
// all its drivers: Debian's and Ubuntu's names.
var metaPackages = []string{"linux-image-amd64", "linux-image-generic"}

// An apt fetches packages with apt-get(8), which knows the configured sources,
// proxies and signatures.
type apt struct{ get, cache string } // paths of the programs

// findApt fails where packages are not apt's, with what helps instead.
func findApt() (apt, error) {
	get, err := exec.LookPath("apt-get")
	if err != nil {
		return apt{}, noSource(err)
	}
	cache, err := exec.LookPath("apt-cache")
	if err != nil {
		return apt{}, noSource(err)
	}
	return apt{get: get, cache: cache}, nil
}

func noSource(err error) error {
	return virt.Errorf(virt.KindUnavailable, "no kernel and static busybox for the tiny machine here, and no apt-get to fetch them: %w", err).
		WithHint("Install the distribution's kernel with all its modules and a static busybox (Fedora: kernel-core, kernel-modules, busybox), or give a kernel and an initial RAM disk of your own.")
}

// kernelPackages names the packages that together hold the newest kernel and
// its modules.
func (a apt) kernelPackages(ctx context.Context) ([]string, error) {
	for _, meta := range metaPackages {
		direct, err := a.depends(ctx, meta)
		if err != nil {
			return nil, err
		}
		for _, image := range direct {
			if !strings.HasPrefix(image, "linux-image-") {
				continue
			}
			more, err := a.depends(ctx, image)
			if err != nil {
				return nil, err
			}
			return kernelParts(image, more), nil
		}
	}
	return nil, virt.Errorf(virt.KindUnavailable, "the package lists of this computer know no Linux kernel").
		WithHint("Run: apt-get update")
}

// kernelParts adds to the image's package those of its modules.
func kernelParts(image string, depends []string) []string {
	parts := []string{image}
	for _, name := range depends {
		if strings.HasPrefix(name, "linux-modules-") {
			parts = append(parts, name)
		}
	}
	return parts
}

// depends returns the packages that a package depends on, as apt-cache(8) tells;
// none for an unknown package.
func (a apt) depends(ctx context.Context, name string) ([]string, error) {
	cmd := command(ctx, a.cache, "show", "--no-all-versions", name)
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &exit):
		return nil, nil // it knows no such package
	case err != nil:
		return nil, virt.Errorf(virt.KindUnavailable, "run apt-cache: %w", err)
	}
	return parseDepends(out), nil
}

// parseDepends reads the field Depends of a package's record (deb-control(5)):
// the names, of alternatives the first.
func parseDepends(record []byte) []string {
	var names []string
	for line := range strings.Lines(string(record)) {
		value, found := strings.CutPrefix(line, "Depends:")
		if !found {
			continue
		}
		for item := range strings.SplitSeq(value, ",") {
			if words := strings.Fields(item); len(words) > 0 {
				name, _, _ := strings.Cut(words[0], ":")
				names = append(names, name)
			}
		}
	}
	return names
}

// download fetches packages into dir and returns their files. progress hears of
// hundredths of percent.
func (a apt) download(ctx context.Context, dir string, packages []string, progress func(done, total int64)) ([]string, error) {
	status, statusEnd, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	var told bytes.Buffer
	cmd := command(ctx, a.get, append([]string{"-qq", "-o", "APT::Status-Fd=3", "download"}, packages...)...)
	cmd.Dir, cmd.Stderr, cmd.ExtraFiles = dir, &told, []*os.File{statusEnd}
	err = cmd.Start()
	statusEnd.Close() //nolint:errcheck // apt-get has its own
	if err != nil {
		status.Close() //nolint:errcheck // nothing was written
		return nil, cmp.Or(ctx.Err(), error(virt.Errorf(virt.KindUnavailable, "run apt-get: %w", err)))
	}
	stop := context.AfterFunc(ctx, func() { status.SetReadDeadline(time.Now()) }) //nolint:errcheck // pipes have deadlines
	readStatus(status, progress)
	stop()
	err = errors.Join(cmd.Wait(), status.Close())
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, virt.Errorf(virt.KindUnavailable, "fetch %s: %w: %s", strings.Join(packages, ", "), err, lastLine(told.String())).
			WithHint("Check the network and the package sources, then run: apt-get update")
	}
	debs, _ := filepath.Glob(filepath.Join(dir, "*.deb")) // the pattern is valid
	if len(debs) != len(packages) {
		return nil, virt.Errorf(virt.KindUnavailable, "apt-get fetched %d of %d packages", len(debs), len(packages))
	}
	return debs, nil
}

// readStatus reads apt-get's lines "dlstatus:N:PERCENT:TEXT" until it ends.
func readStatus(r *os.File, progress func(done, total int64)) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.SplitN(lines.Text(), ":", 4)
		if len(fields) < 3 || fields[0] != "dlstatus" {
			continue
		}
		if percent, err := strconv.ParseFloat(fields[2], 64); err == nil {
			progress(int64(percent*100), 100*100)
		}
	}
}

// command prepares a program of the distribution that asks nothing and speaks
// English.
func command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}

// installedBusybox returns the path of this computer's busybox when it is
// static, else nothing.
func installedBusybox() string {
	for _, name := range []string{"busybox", "busybox.static", "busybox-static"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		program, err := readFile(path, maxModuleBytes)
		if err == nil && isStatic(program) {
			return path
		}
	}
	return ""
}
