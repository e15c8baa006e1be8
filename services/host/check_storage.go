package host

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// pool tells whether new disks find the pool that most of them are in.
func (e *examination) pool() virt.Check {
	if errors.Is(e.pools.err, virt.ErrUnsupported) {
		return skipped("This driver has no pools; disks are files in the machine’s directory.")
	}
	if e.pools.err != nil {
		return fail(e.pools.err.Error(), virt.HintOf(e.pools.err), "")
	}
	p, found := e.defaultPool()
	switch {
	case !found:
		return ok("There is none yet; it is made with the first machine that needs it.")
	case p.Active:
		return ok("It is active: " + p.Path)
	}
	c := warn("It is stopped: its disks cannot be used.", "Start it, and let it start with the host:", "virsh -c "+e.uri()+" pool-start default; virsh -c "+e.uri()+" pool-autostart default")
	c.Fixable = true
	return c
}

func (e *examination) defaultPool() (virt.Pool, bool) {
	i := slices.IndexFunc(e.pools.all, func(p virt.Pool) bool { return p.Name == defaultName })
	if i < 0 {
		return virt.Pool{}, false
	}
	return e.pools.all[i], true
}

// How much room is little: below the first share or size machines may run out of
// it soon, below the second they are about to stop.
const (
	littleShare = 20 // one part of so many
	littleRoom  = 5 << 30
	noRoom      = 256 << 20
)

// imagesDir is where libvirt's system daemon keeps disks.
const imagesDir = "/var/lib/libvirt/images"

// space tells whether there is room for disks: in the default pool, else where
// it will be.
func (e *examination) space() virt.Check {
	if p, found := e.defaultPool(); found && p.Active {
		return room(p.Path, p.Available, p.Capacity)
	}
	switch {
	case e.here == nil && e.failure != nil:
		return skipped("libvirt has to answer first.")
	case e.here == nil:
		return skipped("The default pool is not started.")
	}
	for _, dir := range []string{imagesDir, "/var/lib", "/"} {
		var fs unix.Statfs_t
		if unix.Statfs(e.here.path(dir), &fs) == nil && fs.Bsize > 0 {
			size := uint64(fs.Bsize) // above zero
			return room(dir, fs.Bavail*size, fs.Blocks*size)
		}
	}
	return skipped("No file system could be asked.")
}

func room(where string, free, all uint64) virt.Check {
	cause := fmt.Sprintf("%s free of %s in %s", gib(free), gib(all), where)
	const remedy = "Delete what is no longer needed there; this shows what is large:"
	command := "sudo du -xh --max-depth=1 '" + where + "' | sort -h"
	switch {
	case free < noRoom:
		return fail(cause+": machines stop when they write more.", remedy, command)
	case free < littleRoom, free < all/littleShare && free < 10*littleRoom:
		return warn(cause+": that is little.", remedy, command)
	default:
		return ok(cause)
	}
}

func gib(bytes uint64) string { return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30)) }
