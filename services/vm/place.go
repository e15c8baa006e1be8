package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A place is where the files of a new VM go: a pool, or a directory where the
// driver knows no pools.
type place interface {
	// disk makes an image and returns where it is.
	disk(ctx context.Context, name, format string, size uint64) (virt.Disk, error)
	// file stores r's size bytes under the name and returns the path.
	file(ctx context.Context, name string, r io.Reader, size int64) (string, error)
}

// place chooses where the files go and makes the default pool where none is. A
// VM that needs no new file has no place.
func (b *builder) place(ctx context.Context) (place, error) {
	if !b.needsPlace() {
		return nil, nil //nolint:nilnil // no place is the answer
	}
	if b.preview {
		return b.plannedPlace()
	}
	pools, err := b.conn.Pools()
	if errors.Is(err, virt.ErrUnsupported) {
		return &directory{b, b.ownDirectory()}, nil
	}
	if err != nil {
		return nil, err
	}
	chosen, found := preferredPool(pools)
	if found {
		chosen, err = b.activePool(chosen)
	} else {
		chosen, err = b.makeDefaultPool(ctx)
	}
	return &poolPlace{b, chosen}, err
}

func (b *builder) ownDirectory() string {
	return filepath.Join(b.service.dirs.Data, "machines", b.spec.UUID)
}

func (b *builder) needsPlace() bool {
	return b.spec.Try || slices.ContainsFunc(b.spec.Disks, func(d virt.DiskSpec) bool { return d.Size > 0 })
}

// preferredPool returns the pool called default, else the first active pool of
// files.
func preferredPool(pools []virt.Pool) (virt.Pool, bool) {
	for _, p := range pools {
		if p.Name == defaultPool {
			return p, true
		}
	}
	for _, p := range pools {
		if p.Active && p.Type == "dir" {
			return p, true
		}
	}
	return virt.Pool{}, false
}

func (b *builder) activePool(p virt.Pool) (virt.Pool, error) {
	if p.Active {
		return p, nil
	}
	b.stage("start pool " + p.Name)
	if err := b.conn.StartPool(p.ID); err != nil {
		return p, err
	}
	return b.conn.PoolByName(p.Name)
}

const defaultPool = "default"

// defaultPoolPath is where libvirt's own tools keep images: of the system, or
// of a user's session.
func defaultPoolPath(uri string) (string, error) {
	u, err := url.Parse(uri)
	if err != nil || u.Path != "/session" {
		return "/var/lib/libvirt/images", err
	}
	if data := os.Getenv("XDG_DATA_HOME"); data != "" {
		return filepath.Join(data, "libvirt", "images"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "libvirt", "images"), err
}

// makeDefaultPool makes the pool that libvirt's own tools would make.
func (b *builder) makeDefaultPool(ctx context.Context) (virt.Pool, error) {
	b.stage("make pool " + defaultPool)
	path, err := defaultPoolPath(b.conn.URI())
	if err != nil {
		return virt.Pool{}, err
	}
	document := libvirtxml.StoragePool{Type: "dir", Name: defaultPool, Target: &libvirtxml.StoragePoolTarget{Path: path}}
	xml, err := document.Marshal()
	if err != nil {
		return virt.Pool{}, err
	}
	ref := virt.Ref{Host: b.host, Kind: virt.KindPool, Name: defaultPool}
	var made virt.Pool
	err = b.progress.Step(ctx, inverse(b.conn, undoPool, ref), func(context.Context) error {
		var err error
		if made, err = b.conn.DefinePool(xml); err != nil {
			return err
		}
		return errors.Join(b.conn.BuildPool(made.ID), b.conn.StartPool(made.ID), b.conn.SetPoolAutostart(made.ID, true))
	})
	if err != nil {
		return virt.Pool{}, err
	}
	return b.conn.PoolByName(defaultPool)
}

// poolPlace keeps the files as volumes.
type poolPlace struct {
	*builder
	pool virt.Pool
}

func (p *poolPlace) disk(ctx context.Context, name, format string, size uint64) (virt.Disk, error) {
	v, err := p.volume(ctx, name, format, size)
	if err != nil {
		return virt.Disk{}, err
	}
	return virt.Disk{Pool: v.Pool, Volume: v.Name, Path: v.Path, Format: format, Capacity: size}, nil
}

func (p *poolPlace) file(ctx context.Context, name string, r io.Reader, size int64) (string, error) {
	v, err := p.volume(ctx, name, "raw", uint64(size)) //nolint:gosec // a file's size is not negative
	if err != nil {
		return "", err
	}
	if err := p.conn.UploadVolume(ctx, v.Pool, v.Name, r, size, p.progress.Add); err != nil {
		return "", fmt.Errorf("upload %s: %w", v.Name, err)
	}
	return v.Path, nil
}

// volume makes a volume of the name, or of the next free one: NAME-1.EXT.
func (p *poolPlace) volume(ctx context.Context, name, format string, size uint64) (virt.Volume, error) {
	for n := 0; ; n++ {
		candidate := numbered(name, n)
		switch _, err := p.conn.Volume(p.pool.Name, candidate); {
		case err == nil:
			continue
		case !errors.Is(err, virt.ErrNotFound):
			return virt.Volume{}, err
		}
		v, err := p.makeVolume(ctx, candidate, format, size)
		if errors.Is(err, virt.ErrExists) && n < 1000 {
			continue // somebody else was faster
		}
		return v, err
	}
}

func (p *poolPlace) makeVolume(ctx context.Context, name, format string, size uint64) (virt.Volume, error) {
	document := libvirtxml.StorageVolume{
		Name:       name,
		Capacity:   &libvirtxml.StorageVolumeSize{Unit: "bytes", Value: size},
		Allocation: &libvirtxml.StorageVolumeSize{Unit: "bytes", Value: 0},
		Target:     &libvirtxml.StorageVolumeTarget{Format: &libvirtxml.StorageVolumeTargetFormat{Type: format}},
	}
	xml, err := document.Marshal()
	if err != nil {
		return virt.Volume{}, err
	}
	back := inverse(p.conn, undoVolume, virt.VolumeRef(p.host, p.pool.Name, name))
	var made virt.Volume
	err = p.progress.Step(ctx, back, func(context.Context) error {
		made, err = p.conn.CreateVolume(p.pool.Name, xml)
		return err
	})
	return made, err
}

// numbered puts -N before the name's extension; 0 leaves the name as it is.
func numbered(name string, n int) string {
	if n == 0 {
		return name
	}
	ext := filepath.Ext(name)
	return name[:len(name)-len(ext)] + "-" + strconv.Itoa(n) + ext
}

// directory keeps the files in a directory of the VM's own.
type directory struct {
	*builder
	path string
}

func (d *directory) disk(ctx context.Context, name, format string, size uint64) (virt.Disk, error) {
	path := filepath.Join(d.path, name)
	err := d.step(ctx, path, func(ctx context.Context) error {
		var said bytes.Buffer
		// libvirt has no call that makes an image where there are no pools.
		cmd := exec.CommandContext(ctx, "qemu-img", "create", "-q", "-f", format, "--", path, strconv.FormatUint(size, 10)) //nolint:gosec // an argument vector
		cmd.Stderr = &said
		if err := cmd.Run(); err != nil {
			return virt.Errorf(virt.KindInternal, "make the disk image: %w: %s", err, bytes.TrimSpace(said.Bytes()))
		}
		return nil
	})
	return virt.Disk{Path: path, Format: format, Capacity: size}, err
}

func (d *directory) file(ctx context.Context, name string, r io.Reader, _ int64) (string, error) {
	path := filepath.Join(d.path, name)
	err := d.step(ctx, path, func(context.Context) error {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // a path of ours
		if err != nil {
			return err
		}
		_, err = io.Copy(d.progress.Count(f), r)
		return errors.Join(err, f.Close())
	})
	return path, err
}

// step makes the directory and runs act; the file act leaves is taken back when
// the VM's creation fails, even when act itself does.
func (d *directory) step(ctx context.Context, path string, act func(context.Context) error) error {
	back := inverse(d.conn, undoFile, virt.Ref{Host: d.host, Kind: virt.KindVolume, ID: path, Name: path})
	return d.progress.Step(ctx, back, func(ctx context.Context) error {
		if err := os.MkdirAll(d.path, 0o700); err != nil {
			return virt.Errorf(virt.KindForbidden, "make the machine's directory: %w", err)
		}
		err := act(ctx)
		if err != nil {
			removeFile(path)
		}
		return err
	})
}
