package vm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/kvmmanager/kvm-manager/services/internal/fileaccess"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// access says which files the hypervisor may not read, unless the spec says
// what is to be done about them and that can be done.
func (k *checker) access() {
	k.accessTo(virt.FieldISO, k.spec.ISO)
	k.accessTo(virt.FieldKernel, k.spec.Kernel)
	k.accessTo(virt.FieldInitrd, k.spec.Initrd)
	for _, d := range k.spec.Disks {
		k.accessTo(virt.FieldDisk, d.Path+d.Volume)
	}
}

func (k *checker) accessTo(field virt.Field, word string) {
	if word == "" || k.spec.Unreadable == virt.UnreadableIgnore {
		return
	}
	path, err := onHost(k.conn, word)
	if err != nil {
		return // said where the file is looked for
	}
	u, found, err := k.obstacles(path)
	switch {
	case err != nil || len(found) == 0:
		k.found(field, err)
	case k.spec.Unreadable == virt.UnreadableGrant:
		for _, o := range found {
			_, err := fileaccess.Plan(o, u)
			k.found(field, grantError(err))
		}
	case k.spec.Unreadable != virt.UnreadableCopy || !filepath.IsAbs(word):
		k.found(field, unreadable(path, found[0], u))
	}
}

// leastRoom is what an empty image takes.
const leastRoom = 1 << 20

// room asks whether the pool has room for what is copied into it, and for an
// empty image. New disks grow, and so may be larger than what is free.
func (k *checker) room(ctx context.Context) {
	plan := k.with(withImport(k.spec))
	if err := plan.readable(ctx); err != nil {
		return // said as access
	}
	pools, err := k.conn.Pools()
	if err != nil {
		if !errors.Is(err, virt.ErrUnsupported) {
			k.found(virt.FieldPool, err)
		}
		return
	}
	needed := map[string]uint64{} // by pool
	chosen, found := preferredPool(pools)
	if found {
		for _, word := range plan.copying {
			needed[chosen.Name] += roomOf(*word)
		}
	}
	for _, d := range plan.spec.Disks {
		pool := d.Pool
		if pool == "" && found {
			pool = chosen.Name
		}
		if d.Import != "" {
			needed[pool] += roomOf(d.Import)
		} else if d.Size > 0 {
			needed[pool] += leastRoom
		}
	}
	for _, p := range pools {
		if need := needed[p.Name]; p.Active && p.Capacity > 0 && need > p.Available {
			k.found(virt.FieldPool, virt.Errorf(virt.KindNoSpace, "the pool %q has %s of room, and %s are needed", p.Name, inWords(p.Available), inWords(need)).
				WithHint("Make room in the pool, or choose another."))
		}
	}
}

// roomOf is the room that a file takes where it lies, its holes left out; 0
// when it cannot be seen.
func roomOf(path string) uint64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return min(uint64(info.Size()), uint64(s.Blocks)*512) // sizes are not negative
	}
	return uint64(info.Size()) // as above
}

// document looks at a document that a person edited, once the rest is right.
func (k *checker) document(ctx context.Context) {
	if k.spec.Edited == "" || len(k.problems) > 0 || k.broken != nil {
		return
	}
	spec, err := k.service.prepared(k.conn, k.spec)
	if err == nil {
		_, err = k.with(spec).checkEdited(ctx)
	}
	k.found(virt.FieldXML, err)
}
