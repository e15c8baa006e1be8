package vm

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/internal/diskimage"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// withImport writes the short form of an import as a disk.
func withImport(spec virt.VMSpec) virt.VMSpec {
	if spec.Import != "" {
		spec.Disks = append([]virt.DiskSpec{{Import: spec.Import}}, spec.Disks...)
		spec.Import = ""
	}
	return spec
}

// imported copies an image of this computer to where the VM's files go. An image
// that no disk of a VM can have, or that another format is asked for, is
// converted on the way.
func (b *builder) imported(ctx context.Context, where place, spec virt.DiskSpec) (virt.Disk, error) {
	path, err := filepath.Abs(spec.Import)
	if err != nil {
		return virt.Disk{}, openError(err)
	}
	info, err := inspect(path)
	if err != nil {
		return virt.Disk{}, err
	}
	format, err := importFormat(info.Format, spec.Format)
	if err != nil {
		return virt.Disk{}, err
	}
	disk := virt.Disk{Format: string(format), Capacity: info.Size}
	name := b.spec.Name + "." + extension(string(format))
	switch {
	case b.preview:
		disk.Path, err = where.file(ctx, name, nil, 0)
	case info.Format == format:
		disk.Path, err = b.copied(ctx, where, name, path)
	default:
		disk.Path, err = b.converted(ctx, where, name, path, info, format)
	}
	return disk, err
}

// importFormat is the format the disk gets: that asked for, else the image's own
// where a VM can have it, else qcow2.
func importFormat(has diskimage.Format, want string) (diskimage.Format, error) {
	if want == "" && has.Native() {
		return has, nil
	}
	f, err := diskimage.Parse(cmp.Or(want, string(diskimage.QCOW2)))
	if err == nil && !f.Native() {
		return f, virt.Errorf(virt.KindInvalid, "a disk cannot have the format %s", f).WithHint("Choose qcow2 or raw.")
	}
	return f, err
}

// inspect reads the header of an image and checks that its parts are there.
func inspect(path string) (diskimage.Info, error) {
	f, err := os.Open(path) // what the person chose
	if err != nil {
		return diskimage.Info{}, openError(err)
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return diskimage.Info{}, openError(err)
	}
	if !stat.Mode().IsRegular() {
		return diskimage.Info{}, virt.Errorf(virt.KindInvalid, "%s is not a file", path).WithHint("Choose the file of a disk image.")
	}
	if stat.Size() == 0 {
		return diskimage.Info{}, virt.Errorf(virt.KindInvalid, "%s is empty", path).WithHint("Choose the file of a disk image.")
	}
	info, err := diskimage.Inspect(f, stat.Size())
	if err != nil {
		return info, err
	}
	for _, part := range info.Parts {
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), part)); err != nil {
			return info, openError(err)
		}
	}
	return info, nil
}

// copied stores the file under the name.
func (b *builder) copied(ctx context.Context, where place, name, path string) (string, error) {
	f, err := os.Open(path) // what the person chose, or a file of ours
	if err != nil {
		return "", openError(err)
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return "", openError(err)
	}
	b.stage("copy image")
	b.progress.Total(stat.Size())
	return where.file(ctx, name, f, stat.Size())
}

// converted stores the image in another format. libvirt converts only what lies
// in one of its pools, and not every format, so that qemu-img does it here, in a
// directory of ours.
func (b *builder) converted(ctx context.Context, where place, name, path string, info diskimage.Info, to diskimage.Format) (stored string, err error) {
	dir := &directory{b, b.ownDirectory()}
	temporary := dir.free("import." + string(to))
	b.stage("convert image")
	b.progress.Total(int64(info.Size)) // a bar
	err = dir.step(ctx, temporary, func(ctx context.Context) error {
		return dir.convert(ctx, path, temporary, info, to)
	})
	if err != nil {
		return "", err
	}
	stored, err = b.copied(ctx, where, name, temporary)
	if removed := removeFile(temporary); err == nil {
		err = removed
	}
	return stored, err
}

// convert runs qemu-img. The formats are named, so that it guesses none.
func (d *directory) convert(ctx context.Context, from, to string, info diskimage.Info, format diskimage.Format) error {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "qemu-img", "convert", "-p", "-f", string(info.Format), "-O", string(format), "--", from, to) // an argument vector
	cmd.Stderr = &said
	told, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return virt.Errorf(virt.KindUnsupported, "convert the image: %w", err).
			WithHint("Install qemu-img (package qemu-utils or qemu-img) on this computer.")
	}
	d.follow(told, info.Size)
	if err := cmd.Wait(); err != nil {
		return virt.Errorf(d.imageFailure(ctx), "convert the image: %w: %s", err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}

// follow reads what qemu-img tells of its progress, "(12.50/100%)" and a
// carriage return each time, until it ends.
func (d *directory) follow(told io.Reader, size uint64) {
	var done int64
	lines := bufio.NewScanner(told)
	lines.Split(carriageReturns)
	for lines.Scan() {
		share, _, found := strings.Cut(strings.TrimPrefix(strings.TrimSpace(lines.Text()), "("), "/")
		percent, err := strconv.ParseFloat(share, 64)
		if !found || err != nil {
			continue
		}
		now := int64(float64(size) * percent / 100)
		d.progress.Add(now - done)
		done = now
	}
}

// carriageReturns splits at each carriage return (bufio.SplitFunc).
func carriageReturns(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\r'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// volumeName splits POOL/NAME.
func volumeName(word string) (pool, name string, err error) {
	pool, name, found := strings.Cut(word, "/")
	if !found || pool == "" || name == "" {
		return "", "", virt.Errorf(virt.KindInvalid, "%s does not name a volume", strconv.Quote(word)).WithHint("Write POOL/NAME, or the whole path of a file.")
	}
	return pool, name, nil
}
