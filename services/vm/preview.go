package vm

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Preview returns the XML that Create would define, and makes nothing. Files
// that do not exist yet are named where Create would put them.
func (s *Service) Preview(ctx context.Context, id virt.HostID, spec virt.VMSpec) (string, error) {
	return host.Read(ctx, s.hosts, virt.VMXML, id, func(c *hypervisor.Conn) (string, error) {
		spec, err := s.prepared(c, spec)
		if err != nil {
			return "", err
		}
		b := &builder{service: s, conn: c, host: id, spec: spec, preview: true, said: map[string]bool{}}
		return b.document(ctx)
	})
}

// planned is a place where nothing is made: it only tells the paths.
type planned struct {
	conn *hypervisor.Conn
	pool virt.Pool // empty where the driver knows no pools
	dir  string
	said map[string]bool // names that an earlier file of this VM has
}

// plannedPlace is where place would put the files; a default pool that does not
// exist is not made.
func (b *builder) plannedPlace() (place, error) {
	pools, err := b.conn.Pools()
	if errors.Is(err, virt.ErrUnsupported) {
		return planned{conn: b.conn, dir: b.ownDirectory(), said: b.said}, nil
	}
	if err != nil {
		return nil, err
	}
	if p, found := preferredPool(pools); found {
		return planned{b.conn, p, p.Path, b.said}, nil
	}
	path, err := defaultPoolPath(b.conn.URI())
	return planned{b.conn, virt.Pool{Name: defaultPool}, path, b.said}, err
}

func (p planned) disk(_ context.Context, name, format string, size uint64) (virt.Disk, error) {
	name = p.free(name)
	d := virt.Disk{Path: filepath.Join(p.dir, name), Format: format, Capacity: size, Pool: p.pool.Name}
	if p.pool.Name != "" {
		d.Volume = name
	}
	return d, nil
}

func (p planned) file(_ context.Context, name string, _ io.Reader, _ int64) (string, error) {
	return filepath.Join(p.dir, p.free(name)), nil
}

// free returns the name, or the next one that no volume has, and remembers it.
func (p planned) free(name string) string {
	for n := 0; ; n++ {
		candidate := numbered(name, n)
		if p.said[filepath.Join(p.dir, candidate)] {
			continue
		}
		if p.pool.ID != "" {
			if _, err := p.conn.Volume(p.pool.Name, candidate); err == nil {
				continue
			}
		}
		p.said[filepath.Join(p.dir, candidate)] = true
		return candidate
	}
}
