package vm

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// The kinds of inverses in the undo journal.
const (
	undoDefine       = "vm.undefine"
	undoVolume       = "vm.delete-volume"
	undoFile         = "vm.delete-file"
	undoPool         = "vm.remove-pool"
	undoStartPool    = "vm.stop-pool"
	undoNetwork      = "vm.remove-network"
	undoStartNetwork = "vm.stop-network"
	finishDelete     = "vm.finish-delete"
)

// registerInverses teaches the door how to take back this package's steps. Each
// inverse may run twice and may find nothing to do.
func (s *Service) registerInverses(door *operation.Door) {
	door.Inverse(undoDefine, s.onHost(now(undefineMade)))
	door.Inverse(undoVolume, s.onHost(deleteMadeVolume))
	door.Inverse(undoPool, s.onHost(now(removeMadePool)))
	door.Inverse(undoStartPool, s.onHost(now(stopStartedPool)))
	door.Inverse(undoNetwork, s.onHost(now(removeMadeNetwork)))
	door.Inverse(undoStartNetwork, s.onHost(now(stopStartedNetwork)))
	door.Inverse(finishDelete, s.onHost(now(s.finishDelete)))
	door.Inverse(undoGrant, takeBack)
	door.Inverse(undoFile, func(_ context.Context, inv operation.Inverse, _ bool) error {
		if !strings.HasPrefix(inv.Ref.ID, s.dirs.Data+string(filepath.Separator)) {
			return virt.Errorf(virt.KindInternal, "%s is not a file of ours", inv.Ref.ID)
		}
		return removeFile(inv.Ref.ID)
	})
}

// inverse is how to take back a step on the connection's host. It names the URI,
// because another process may give the host's name to another URI.
func inverse(c *hypervisor.Conn, kind string, ref virt.Ref) operation.Inverse {
	return operation.Inverse{Kind: kind, Ref: ref, Args: map[string]string{"uri": c.URI()}}
}

// undo takes a step back on a connection of its host.
type undo func(ctx context.Context, c *hypervisor.Conn, inv operation.Inverse, acted bool) error

func (s *Service) onHost(run undo) func(context.Context, operation.Inverse, bool) error {
	return func(ctx context.Context, inv operation.Inverse, acted bool) error {
		return host.Undo(ctx, s.hosts, inv.Args["uri"], func(c *hypervisor.Conn) error {
			return ignoreGone(run(ctx, c, inv, acted))
		})
	}
}

// now is an undo that waits for nothing.
func now(run func(*hypervisor.Conn, operation.Inverse, bool) error) undo {
	return func(_ context.Context, c *hypervisor.Conn, inv operation.Inverse, acted bool) error {
		return run(c, inv, acted)
	}
}

// undefineMade ends and undefines the VM of the UUID that we chose.
func undefineMade(c *hypervisor.Conn, inv operation.Inverse, _ bool) error {
	row, err := c.VMState(inv.Ref.ID)
	if err != nil {
		return err
	}
	if row.State.Active() {
		if err := c.DestroyDomain(inv.Ref.ID); err != nil && !errors.Is(err, virt.ErrState) {
			return err
		}
	}
	return c.Undefine(inv.Ref.ID, hypervisor.UndefineOptions{})
}

// deleteMadeVolume deletes a volume that we made. When the process died before
// it could note that it did, the volume is ours only if it is as young as the
// intent.
func deleteMadeVolume(ctx context.Context, c *hypervisor.Conn, inv operation.Inverse, acted bool) error {
	pool, name, _ := strings.Cut(inv.Ref.ID, "/")
	if !acted {
		born, err := c.VolumeBorn(pool, name)
		if err != nil {
			return err
		}
		if born.Before(inv.At.Truncate(time.Second)) {
			return nil
		}
	}
	return deleteBusyVolume(ctx, c, pool, name)
}

// busyPatience is how long the daemon may still work for a program that is dead.
const busyPatience = 30 * time.Second

// deleteBusyVolume deletes a volume as soon as libvirt lets it: the daemon goes
// on making or filling it for a while after the program that asked was killed.
func deleteBusyVolume(ctx context.Context, c *hypervisor.Conn, pool, name string) error {
	ctx, cancel := context.WithTimeout(ctx, busyPatience)
	defer cancel()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		err := c.DeleteVolume(pool, name)
		if !errors.Is(err, virt.ErrState) {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return err
		}
	}
}

// removeMadePool undefines the default pool that we made, unless something lies
// in it by now. Its directory stays.
func removeMadePool(c *hypervisor.Conn, inv operation.Inverse, acted bool) error {
	if !acted {
		return nil // libvirt may have had a pool of that name; an empty pool harms nobody
	}
	p, err := c.PoolByName(inv.Ref.Name)
	if err != nil {
		return err
	}
	if p.Active {
		if volumes, err := c.Volumes(p.Name); err != nil || len(volumes) > 0 {
			return err
		}
		if err := c.StopPool(p.ID); err != nil {
			return err
		}
	}
	return c.UndefinePool(p.ID)
}

// stopStartedPool stops a pool that we started.
func stopStartedPool(c *hypervisor.Conn, inv operation.Inverse, acted bool) error {
	if !acted {
		return nil // somebody else may have started it; an active pool harms nobody
	}
	return ignoreState(c.StopPool(inv.Ref.ID))
}

// ignoreState makes it no failure that something is in the wanted state already.
func ignoreState(err error) error {
	if errors.Is(err, virt.ErrState) {
		return nil
	}
	return err
}

func ignoreGone(err error) error {
	if errors.Is(err, virt.ErrNotFound) {
		return nil
	}
	return err
}
