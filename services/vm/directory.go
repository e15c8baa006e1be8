package vm

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// directory keeps the files of a VM in a directory of its own, for drivers that
// know no pools.
type directory struct {
	*builder
	path string
}

func (d *directory) disk(ctx context.Context, name, format string, size uint64) (virt.Disk, error) {
	path := d.free(name)
	err := d.step(ctx, path, func(ctx context.Context) error {
		var said bytes.Buffer
		// libvirt has no call that makes an image where there are no pools.
		cmd := exec.CommandContext(ctx, "qemu-img", "create", "-q", "-f", format, "--", path, strconv.FormatUint(size, 10)) // an argument vector
		cmd.Stderr = &said
		if err := cmd.Run(); err != nil {
			return virt.Errorf(d.imageFailure(ctx), "make the disk image: %w: %s", err, bytes.TrimSpace(said.Bytes()))
		}
		return nil
	})
	return virt.Disk{Path: path, Format: format, Capacity: size}, err
}

// imageFailure is the kind of a failure of qemu-img, which says it in words only.
func (d *directory) imageFailure(ctx context.Context) virt.ErrorKind {
	const needed = 1 << 20 // an empty image takes less
	var fs unix.Statfs_t
	switch {
	case ctx.Err() != nil:
		return virt.KindOf(ctx.Err())
	case unix.Statfs(d.path, &fs) == nil && fs.Bavail*uint64(fs.Bsize) < needed: // a block's size is not negative
		return virt.KindNoSpace
	default:
		return virt.KindInternal
	}
}

func (d *directory) file(ctx context.Context, name string, r io.Reader, size int64) (string, error) {
	path := d.free(name)
	err := d.step(ctx, path, func(ctx context.Context) error {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // a path of ours
		if err != nil {
			return fileError(err)
		}
		_, err = io.CopyBuffer(d.progress.Count(&sparse{f}), until{ctx, r}, make([]byte, pieceSize))
		return fileError(errors.Join(err, f.Truncate(size), f.Close()))
	})
	return path, err
}

// pieceSize is how much is copied at once.
const pieceSize = 128 << 10

// sparse writes to a file that was just made: pieces of zeros become holes.
type sparse struct{ *os.File }

func (s *sparse) Write(p []byte) (int, error) {
	if bytes.Count(p, []byte{0}) < len(p) {
		return s.File.Write(p)
	}
	_, err := s.Seek(int64(len(p)), io.SeekCurrent)
	return len(p), err
}

// free returns the path of the name, or of the next one that no file has.
func (d *directory) free(name string) string {
	for n := 0; ; n++ {
		path := filepath.Join(d.path, numbered(name, n))
		if _, err := os.Lstat(path); err != nil {
			return path
		}
	}
}

// step makes the directory and runs act; the file act leaves is taken back when
// the VM's creation fails, even when act itself does.
func (d *directory) step(ctx context.Context, path string, act func(context.Context) error) error {
	back := inverse(d.conn, undoFile, virt.Ref{Host: d.host, Kind: virt.KindVolume, ID: path, Name: path})
	return d.progress.Step(ctx, back, func(ctx context.Context) error {
		if err := os.MkdirAll(d.path, 0o700); err != nil {
			return fileError(err)
		}
		err := act(ctx)
		if err != nil {
			err = errors.Join(err, removeFile(path))
		}
		return err
	})
}

// until reads until the context ends.
type until struct {
	ctx context.Context // for one copy
	io.Reader
}

func (u until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.Reader.Read(p)
}

// fileError gives a failure of the machine's directory its kind.
func fileError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		return virt.Errorf(virt.KindNoSpace, "write the machine's files: %w", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, unix.EROFS):
		return virt.Errorf(virt.KindForbidden, "write the machine's files: %w", err)
	default:
		return virt.Errorf(virt.KindOf(err), "write the machine's files: %w", err)
	}
}

// removeFile removes a file of ours, which may be gone already, and its
// directory when that is empty.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileError(err)
	}
	_ = os.Remove(filepath.Dir(path)) //nolint:errcheck // other files keep it
	return nil
}
