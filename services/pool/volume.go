package pool

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/internal/volume"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// CreateVolume makes an empty volume in an active pool (virStorageVolCreateXML).
// A name that is taken is virt.ErrExists, a pool without room virt.ErrNoSpace; in
// both cases nothing is changed.
func (s *Service) CreateVolume(ctx context.Context, id virt.HostID, spec virt.VolumeSpec) (made virt.Volume, err error) {
	target := virt.VolumeRef(id, spec.Pool, spec.Name)
	err = s.hosts.Do(ctx, virt.CreateVolume, target, func(_ context.Context, c *hypervisor.Conn, _ *operation.Progress) error {
		if err := virt.CheckName(spec.Name); err != nil {
			return err
		}
		if spec.Size == 0 {
			return virt.Errorf(virt.KindInvalid, "a volume has a size").WithHint("Say how large it is, such as 20GiB.")
		}
		p, err := c.PoolByName(spec.Pool)
		if err != nil {
			return err
		}
		if !p.Active {
			return virt.Errorf(virt.KindState, "the pool %s is stopped", p.Name).WithHint("Start the pool first.")
		}
		format, err := formatIn(c, p, spec.Format)
		if err != nil {
			return err
		}
		made, err = volume.Make(c, p, spec.Name, format, spec.Size)
		return volume.Hinted(p, err)
	})
	return made, err
}

// preferred is the format of volumes where nobody says otherwise and the pool
// has it: it grows on demand and takes snapshots.
const preferred = "qcow2"

// formatIn is the format that a volume gets: the wanted one if pools of that type
// have it.
func formatIn(c *hypervisor.Conn, p virt.Pool, wanted string) (string, error) {
	kind, err := c.VolumeKind(p.Type)
	switch {
	case errors.Is(err, virt.ErrUnsupported):
		return wanted, nil // the driver knows, and keeps it to itself
	case err != nil:
		return "", err
	case wanted != "" && !slices.Contains(kind.Formats, wanted):
		return "", virt.Errorf(virt.KindInvalid, "volumes of the pool %s cannot have the format %q", p.Name, wanted).
			WithHint(allowed(kind.Formats))
	case wanted != "":
		return wanted, nil
	case slices.Contains(kind.Formats, preferred):
		return preferred, nil
	case len(kind.Formats) > 0:
		return kind.Default, nil
	default:
		return "", nil
	}
}

func allowed(formats []string) string {
	if len(formats) == 0 {
		return "Leave the format away: this pool keeps plain data."
	}
	return "Choose one of: " + strings.Join(formats, ", ") + "."
}

// DeleteVolume deletes a volume and what is in it (virStorageVolDelete). One that
// a VM uses, or that its disk builds on, is virt.ErrState.
func (s *Service) DeleteVolume(ctx context.Context, id virt.HostID, pool, name string) error {
	target := virt.VolumeRef(id, pool, name)
	return s.hosts.Do(ctx, virt.DeleteVolume, target, func(_ context.Context, c *hypervisor.Conn, _ *operation.Progress) error {
		v, err := c.Volume(pool, name)
		if err != nil {
			return err
		}
		users, err := volume.ReadUsers(c, "")
		if err != nil {
			return err
		}
		if names := users.Of(v.Path); len(names) > 0 {
			return virt.Errorf(virt.KindState, "%s/%s is used by %s", pool, name, strings.Join(names, ", ")).
				WithHint("Delete the machine together with its disks, or take the disk out of it first.")
		}
		return c.DeleteVolume(pool, name)
	})
}
