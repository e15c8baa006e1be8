// Package tiny builds the tiny Linux machine: a kernel of the distribution and
// an initial RAM disk with its drivers and a static busybox. The machine boots
// in seconds from nothing else, shows a shell on the screen and on the serial
// port, takes its address by DHCP and obeys the power button. It is the
// newcomer's first machine and the tests' real guest.
//
// Nothing is installed and nothing needs root. What the computer has is used
// where it is readable and complete; the rest is fetched as packages of the
// distribution, by its own tool, and unpacked here.
package tiny

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Memory is what a tiny machine needs and a little more, in bytes.
const Memory = 128 << 20

// Ready is the marker that the machine writes to the screen and to the serial
// port when both take commands.
const Ready = "TINY READY"

// The stages of a build, in order. A cached image has none but StageFind.
const (
	StageFind     = "find kernel"
	StageDownload = "download packages"
	StageUnpack   = "unpack packages"
	StageAssemble = "assemble machine"
)

// Options say where to build and who hears of the progress. Stage and Progress
// may be nil; Progress counts bytes within the stage told last, total 0 means
// unknown.
type Options struct {
	CacheDir string // images are kept in its directory "tiny"
	Stage    func(name string)
	Progress func(done, total int64)
}

// An Image is a built machine: two files to boot from and the kernel's version.
type Image struct {
	KernelPath string
	InitrdPath string
	Version    string
}

// Build returns the image of the newest suitable kernel, building it when the
// cache does not have it. Any number of processes may call it at once: one
// builds, the others wait for it. A cancelled or failed build leaves nothing.
// Without a suitable kernel or busybox and without a way to fetch them it fails
// with virt.ErrUnavailable and a hint; on processors other than x86-64 with
// virt.ErrUnsupported.
func Build(ctx context.Context, o Options) (Image, error) {
	if runtime.GOARCH != "amd64" {
		return Image{}, virt.Errorf(virt.KindUnsupported, "the tiny machine exists for x86-64 only").
			WithHint("Give a kernel and an initial RAM disk of your own.")
	}
	b := builder{
		cache:     cache{dir: filepath.Join(o.CacheDir, "tiny"), recipe: recipe()},
		installed: installedKernels("/"),
		busybox:   installedBusybox(),
		stage:     o.Stage, progress: o.Progress,
	}
	if b.stage == nil {
		b.stage = func(string) {}
	}
	if b.progress == nil {
		b.progress = func(int64, int64) {}
	}
	return b.build(ctx)
}

// Cmdline is the kernel command line of a machine that calls itself host. What
// a host name may not contain becomes a hyphen.
//
// Messages go to both consoles and are few, for every character on an emulated
// serial port costs time. no_timer_check keeps a busy host from making the
// kernel doubt its timer; the rest shortens the boot.
func Cmdline(host string) string {
	return strings.Join([]string{
		"console=ttyS0,115200", "console=tty0", "quiet", "video=1024x768", "no_timer_check",
		"nokaslr", "mitigations=off", "tiny.host=" + hostname(host),
	}, " ")
}

// hostname makes a valid host name (RFC 1123) of any text.
func hostname(name string) string {
	const most = 63
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + ('a' - 'A')
		default:
			return '-'
		}
	}, name)
	clean = strings.Trim(clean[:min(len(clean), most)], "-")
	if clean == "" {
		return "tiny"
	}
	return clean
}

// recipe identifies what the machine is made of besides kernel and busybox, so
// that a program with other scripts does not take an older program's image.
func recipe() string {
	h := sha256.New()
	for _, f := range guestFiles() {
		fmt.Fprintf(h, "%s %o %d\n", f.name, f.mode, len(f.data))
		h.Write(f.data)
	}
	fmt.Fprintln(h, drivers)
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// A builder is one call of Build.
type builder struct {
	cache     cache
	installed []installedKernel // newest first
	busybox   string            // path, empty when none is installed
	stage     func(string)
	progress  func(done, total int64)
}

func (b *builder) build(ctx context.Context) (Image, error) {
	b.stage(StageFind)
	unlock, err := b.cache.lock(ctx)
	if err != nil {
		return Image{}, err
	}
	defer unlock()

	for _, k := range b.installed {
		if img, ok := b.cache.find(k.origin()); ok {
			return img, nil
		}
		tree, err := k.open()
		if err != nil {
			continue // not readable or without a driver: the next one may do
		}
		return b.assemble(ctx, k.origin(), tree)
	}
	if img, ok := b.cache.find(fetchedOrigin); ok {
		return img, nil
	}
	return b.fetchAndAssemble(ctx)
}

func (b *builder) fetchAndAssemble(ctx context.Context) (Image, error) {
	apt, err := findApt()
	if err != nil {
		return Image{}, err
	}
	packages, err := apt.kernelPackages(ctx)
	if err != nil {
		return Image{}, err
	}
	work, err := b.cache.workDir()
	if err != nil {
		return Image{}, err
	}
	defer os.RemoveAll(work) //nolint:errcheck // the next build removes what is left

	b.stage(StageDownload)
	debs, err := apt.download(ctx, work, packages, b.progress)
	if err != nil {
		return Image{}, err
	}
	b.stage(StageUnpack)
	tree, err := unpackKernel(ctx, work, debs, b.progress)
	if err != nil {
		return Image{}, err
	}
	defer tree.close()
	return b.assemble(ctx, fetchedOrigin, tree)
}

// assemble writes the image of the kernel into the cache.
func (b *builder) assemble(ctx context.Context, origin string, k *kernel) (Image, error) {
	busybox, err := b.readBusybox(ctx)
	if err != nil {
		return Image{}, err
	}
	b.stage(StageAssemble)
	modules, err := loadOrder(k)
	if err != nil {
		return Image{}, err
	}
	initrd, err := buildInitrd(busybox, modules)
	if err != nil {
		return Image{}, err
	}
	if err := ctx.Err(); err != nil {
		return Image{}, err
	}
	return b.cache.store(origin, k.version, k.image, initrd)
}

// readBusybox returns a static busybox: the installed one, or else the
// distribution's package of it.
func (b *builder) readBusybox(ctx context.Context) ([]byte, error) {
	if b.busybox != "" {
		return os.ReadFile(b.busybox)
	}
	apt, err := findApt()
	if err != nil {
		return nil, err
	}
	work, err := b.cache.workDir()
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work) //nolint:errcheck // the next build removes what is left
	b.stage(StageDownload)
	debs, err := apt.download(ctx, work, []string{"busybox-static"}, b.progress)
	if err != nil {
		return nil, err
	}
	return unpackBusybox(ctx, debs)
}
