package vm

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/tiny"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// environment asks the host, now, what it can do for this VM.
func (b *builder) environment(ctx context.Context) (domainxml.Environment, error) {
	caps, err := b.capabilities()
	if err != nil {
		return domainxml.Environment{}, err
	}
	os, err := osOf(b.spec)
	if err != nil {
		return domainxml.Environment{}, err
	}
	if err := b.enoughMemory(caps); err != nil {
		return domainxml.Environment{}, err
	}
	choice, err := chooseFor(os, caps, b.spec.Machine)
	if err != nil {
		return domainxml.Environment{}, err
	}
	virtType, err := b.virtType(ctx, choice.KVM, caps.Host.UUID)
	if err != nil {
		return domainxml.Environment{}, err
	}
	sound, err := b.conn.SendsSound()
	if err != nil {
		return domainxml.Environment{}, err
	}
	_, text, err := b.conn.SharesText()
	if err != nil {
		return domainxml.Environment{}, err
	}
	domain, err := b.conn.DomainCapabilities(choice.Emulator, choice.Arch, choice.Machine, virtType)
	return domainxml.Environment{
		Caps: domain, Arch: choice.Arch, Emulator: choice.Emulator, Machine: choice.Machine, VirtType: virtType,
		UUID: b.spec.UUID, MAC: b.spec.MAC, OS: os, Sound: sound, Text: text,
	}, err
}

// enoughMemory refuses to start a machine that has more memory than its host.
func (b *builder) enoughMemory(caps *libvirtxml.Caps) error {
	has := hostMemory(caps)
	if !b.spec.Start || has == 0 || b.spec.Memory <= has {
		return nil
	}
	return virt.Errorf(virt.KindInvalid, "%s of memory are more than the %s that the host has", inWords(b.spec.Memory), inWords(has)).
		WithHint("Give the machine less memory, or do not start it now.")
}

// hostMemory is the memory of the host in bytes; 0 where it does not say.
func hostMemory(caps *libvirtxml.Caps) uint64 {
	if caps.Host.NUMA == nil || caps.Host.NUMA.Cells == nil {
		return 0
	}
	var kib uint64
	for _, cell := range caps.Host.NUMA.Cells.Cells {
		if cell.Memory != nil && (cell.Memory.Unit == "KiB" || cell.Memory.Unit == "") {
			kib += cell.Memory.Size
		}
	}
	return kib << 10
}

// inWords writes a size with one decimal of the unit that fits.
func inWords(bytes uint64) string {
	if bytes < 1<<30 {
		return strconv.FormatFloat(float64(bytes)/(1<<20), 'f', 1, 64) + " MiB"
	}
	return strconv.FormatFloat(float64(bytes)/(1<<30), 'f', 1, 64) + " GiB"
}

// disks makes or finds the VM's disks.
func (b *builder) disks(ctx context.Context, where place, env *domainxml.Environment) error {
	for _, spec := range b.spec.Disks {
		d, err := b.disk(ctx, where, spec)
		if err != nil {
			return err
		}
		env.Disks = append(env.Disks, domainxml.Disk{
			Path: d.Path, Pool: d.Pool, Volume: d.Volume, Format: d.Format, Bus: spec.Bus, Device: "disk", Blank: spec.Size > 0,
		})
	}
	return nil
}

func (b *builder) disk(ctx context.Context, where place, spec virt.DiskSpec) (virt.Disk, error) {
	switch {
	case spec.Volume != "":
		return b.existingVolume(spec)
	case spec.Path != "":
		return b.existingFile(spec)
	}
	if spec.Pool != "" {
		var err error
		if where, err = b.namedPlace(ctx, spec.Pool); err != nil {
			return virt.Disk{}, err
		}
	}
	if spec.Import != "" {
		return b.imported(ctx, where, spec)
	}
	b.stage("make disk")
	format := spec.Format
	if format == "" {
		format = "qcow2"
	}
	return where.disk(ctx, b.spec.Name+"."+extension(format), format, spec.Size)
}

// namedPlace is the pool that a disk names. The default pool is started where it
// is stopped.
func (b *builder) namedPlace(ctx context.Context, name string) (place, error) {
	p, err := b.namedPool(name)
	if err != nil {
		return nil, err
	}
	if b.preview {
		return planned{b.conn, p, p.Path, b.said}, nil
	}
	p, err = b.activePool(ctx, p)
	return &poolPlace{b, p}, err
}

func (b *builder) namedPool(name string) (virt.Pool, error) {
	p, err := b.conn.PoolByName(name)
	if err == nil && !p.Active && name != defaultPool {
		err = virt.Errorf(virt.KindState, "the pool %q is not running", name).WithHint("Start the pool, or choose another.")
	}
	return p, err
}

func (b *builder) existingVolume(spec virt.DiskSpec) (virt.Disk, error) {
	pool, name, found := strings.Cut(spec.Volume, "/")
	if !found || pool == "" || name == "" {
		return virt.Disk{}, virt.Errorf(virt.KindInvalid, "%q does not name a volume", spec.Volume).WithHint("Write POOL/NAME.")
	}
	v, err := b.conn.Volume(pool, name)
	if err != nil {
		return virt.Disk{}, err
	}
	format := spec.Format
	if format == "" {
		format = v.Format
	}
	return virt.Disk{Pool: pool, Volume: name, Path: v.Path, Format: format, Capacity: v.Capacity}, nil
}

// existingFile takes an image by its path. Its format must be said, or be told
// by libvirt because it lies in a pool: guessing it from the content would let
// a guest that writes a header choose it.
func (b *builder) existingFile(spec virt.DiskSpec) (virt.Disk, error) {
	if !filepath.IsAbs(spec.Path) {
		return virt.Disk{}, virt.Errorf(virt.KindInvalid, "%q is not an absolute path on the host", spec.Path)
	}
	if err := thereIsAFile(b.conn, spec.Path); err != nil {
		return virt.Disk{}, err
	}
	d := virt.Disk{Path: spec.Path, Format: spec.Format}
	if d.Format == "" {
		if v, err := b.conn.VolumeByPath(spec.Path); err == nil {
			d.Format = v.Format
		}
	}
	if d.Format == "" {
		return d, virt.Errorf(virt.KindInvalid, "the format of %s is not known", spec.Path).WithHint("Choose its format: qcow2 or raw (--disk path=" + spec.Path + ",format=qcow2).")
	}
	return d, nil
}

func extension(format string) string {
	if format == "raw" {
		return "img"
	}
	return format
}

// kernel takes the kernel and initial RAM disk that the spec names.
func (b *builder) kernel(env *domainxml.Environment) error {
	for _, f := range []struct {
		word string
		into *string
	}{{b.spec.Kernel, &env.Kernel}, {b.spec.Initrd, &env.Initrd}} {
		if f.word == "" {
			continue
		}
		path, err := b.onHost(f.word)
		if err != nil {
			return err
		}
		*f.into = path
	}
	return nil
}

// tiny builds the tiny machine's kernel and initial RAM disk and puts them where
// the hypervisor can read them, remote ones included.
func (b *builder) tiny(ctx context.Context, where place, env *domainxml.Environment) error {
	b.spec.Cmdline = strings.TrimSpace(tiny.Cmdline(b.spec.Name) + " " + b.spec.Cmdline)
	if b.preview {
		var err error
		if env.Kernel, err = where.file(ctx, b.spec.Name+".vmlinuz", nil, 0); err != nil {
			return err
		}
		env.Initrd, err = where.file(ctx, b.spec.Name+".initrd", nil, 0)
		return err
	}
	image, err := tiny.Build(ctx, tiny.Options{CacheDir: b.service.dirs.Cache, Stage: b.stage})
	if err != nil {
		return err
	}
	b.stage("copy kernel")
	kernel, initrd, err := readBoth(image.KernelPath, image.InitrdPath)
	if err != nil {
		return err
	}
	b.progress.Total(int64(len(kernel) + len(initrd)))
	if env.Kernel, err = where.file(ctx, b.spec.Name+".vmlinuz", bytes.NewReader(kernel), int64(len(kernel))); err != nil {
		return err
	}
	env.Initrd, err = where.file(ctx, b.spec.Name+".initrd", bytes.NewReader(initrd), int64(len(initrd)))
	return err
}

func readBoth(a, b string) (first, second []byte, err error) {
	if first, err = os.ReadFile(a); err != nil { // files of our cache
		return nil, nil, err
	}
	second, err = os.ReadFile(b) // as above
	return first, second, err
}
