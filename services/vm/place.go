package vm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/volume"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A place is where the files of a new VM go: a pool, or a directory where the
// driver knows no pools.
type place interface {
	// disk makes an image and returns where it is.
	disk(ctx context.Context, name, format string, size uint64) (virt.Disk, error)
	// file stores r's size bytes under the name and returns the path. Runs of
	// zeros take no room.
	file(ctx context.Context, name string, r io.Reader, size int64) (string, error)
}

// place chooses where the files go and makes the default pool where none is. A
// VM that needs no new file has no place.
func (b *builder) place(ctx context.Context) (place, error) {
	if !b.needsPlace() {
		return nil, nil // no place is the answer
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
		chosen, err = b.activePool(ctx, chosen)
	} else {
		chosen, err = b.makeDefaultPool(ctx)
	}
	return &poolPlace{b, chosen}, err
}

func (b *builder) ownDirectory() string {
	return filepath.Join(b.service.dirs.Data, "machines", b.spec.UUID)
}

func (b *builder) needsPlace() bool {
	return b.spec.Try || len(b.copying) > 0 || slices.ContainsFunc(b.spec.Disks, func(d virt.DiskSpec) bool {
		return d.Pool == "" && (d.Size > 0 || d.Import != "")
	})
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

func (b *builder) activePool(ctx context.Context, p virt.Pool) (virt.Pool, error) {
	if p.Active {
		return p, nil
	}
	b.stage("start pool " + p.Name)
	err := b.progress.Step(ctx, inverse(b.conn, undoStartPool, p.Ref()), func(context.Context) error { return b.conn.StartPool(p.ID) })
	if err != nil && !errors.Is(err, virt.ErrState) { // somebody else was faster
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
	err = b.progress.Step(ctx, inverse(b.conn, undoPool, ref), func(context.Context) (err error) {
		made, err = b.conn.DefinePool(xml)
		return err
	})
	if errors.Is(err, virt.ErrExists) { // somebody else was faster
		if made, err = b.conn.PoolByName(defaultPool); err == nil {
			return b.activePool(ctx, made)
		}
	}
	if err != nil {
		return virt.Pool{}, err
	}
	for _, prepare := range []func() error{
		func() error { return b.conn.BuildPool(made.ID) },
		func() error { return b.conn.StartPool(made.ID) },
		func() error { return b.conn.SetPoolAutostart(made.ID, true) },
	} {
		if err := prepare(); err != nil && !errors.Is(err, virt.ErrState) { // as above
			return virt.Pool{}, fmt.Errorf("prepare the pool %s at %s: %w", defaultPool, path, err)
		}
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
	v, err := p.volume(ctx, name, "raw", uint64(size)) // a file's size is not negative
	if err != nil {
		return "", err
	}
	if err := p.conn.UploadSparse(ctx, v.Pool, v.Name, r, size, p.progress.Add); err != nil {
		return "", volume.Hinted(p.pool, fmt.Errorf("upload %s: %w", v.Name, err))
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
		switch {
		case errors.Is(err, virt.ErrExists) && n < mostNames:
			continue // somebody else was faster
		case errors.Is(err, virt.ErrState) && p.unseen(candidate) && n < mostNames:
			continue
		}
		return v, err
	}
}

// mostNames bounds the search for a free name.
const mostNames = 1000

// unseen reports whether a file of the name lies in the pool that libvirt did
// not know of until it looked again.
func (p *poolPlace) unseen(name string) bool {
	if err := p.conn.RefreshPool(p.pool.ID); err != nil {
		slog.Debug("refresh pool", "pool", p.pool.Name, "err", err)
		return false
	}
	_, err := p.conn.Volume(p.pool.Name, name)
	return err == nil
}

func (p *poolPlace) makeVolume(ctx context.Context, name, format string, size uint64) (made virt.Volume, err error) {
	back := inverse(p.conn, undoVolume, virt.VolumeRef(p.host, p.pool.Name, name))
	err = p.progress.Step(ctx, back, func(context.Context) error {
		made, err = volume.Make(p.conn, p.pool, name, format, size)
		return err
	})
	return made, volume.Hinted(p.pool, err)
}

// numbered puts -N before the name's extension; 0 leaves the name as it is.
func numbered(name string, n int) string {
	if n == 0 {
		return name
	}
	ext := filepath.Ext(name)
	return name[:len(name)-len(ext)] + "-" + strconv.Itoa(n) + ext
}
