package host

import (
	"context"
	"errors"
	"os"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Fix mends the finding of the ID, with the rights of this process and of its
// connection: it makes and starts the default network, starts the default pool
// (both then start with the host), or turns IP forwarding on where the process
// may. Other findings are refused with virt.ErrUnsupported: each says what to do.
func (s *Service) Fix(ctx context.Context, id virt.HostID, check string) error {
	return s.Do(ctx, virt.FixHost, virt.HostRef(id), func(_ context.Context, c *hypervisor.Conn, p *operation.Progress) error {
		switch check {
		case checkNetwork:
			return fixNetwork(c, p)
		case checkPool:
			return fixPool(c, p)
		case checkForwarding:
			return fixForwarding(c)
		default:
			return virt.Errorf(virt.KindUnsupported, "%q cannot be mended from here", check).
				WithHint("List the findings; each says what to do.")
		}
	})
}

// fixNetwork makes the default network where it is missing.
func fixNetwork(c *hypervisor.Conn, p *operation.Progress) error {
	n, err := c.NetworkByName(defaultName)
	if errors.Is(err, virt.ErrNotFound) {
		p.Stage("define")
		_, err = MakeDefaultNetwork(c, "")
		return err
	}
	if err != nil {
		return err
	}
	if !n.Active {
		p.Stage("start")
		if err := c.StartNetwork(n.ID); err != nil {
			return err
		}
	}
	if n.Autostart {
		return nil
	}
	p.Stage("autostart")
	return c.SetNetworkAutostart(n.ID, true)
}

func fixPool(c *hypervisor.Conn, p *operation.Progress) error {
	pool, err := c.PoolByName(defaultName)
	if err != nil {
		return err
	}
	if !pool.Active {
		p.Stage("start")
		if err := c.StartPool(pool.ID); err != nil {
			return err
		}
	}
	if pool.Autostart {
		return nil
	}
	p.Stage("autostart")
	return c.SetPoolAutostart(pool.ID, true)
}

// fixForwarding writes what sysctl(8) would. The kernel lets root only.
func fixForwarding(c *hypervisor.Conn) error {
	if !c.Local() {
		return virt.Errorf(virt.KindUnsupported, "IP forwarding of another computer cannot be turned on from here").
			WithHint("On the host: sudo sysctl -w net.ipv4.ip_forward=1")
	}
	if err := os.WriteFile(forwardFile, []byte("1\n"), 0o644); err != nil { //nolint:gosec // a file of the kernel's
		kind := virt.KindInternal
		if errors.Is(err, os.ErrPermission) {
			kind = virt.KindForbidden
		}
		return virt.Errorf(kind, "turn IP forwarding on: %w", err).WithHint("In a shell: sudo sysctl -w net.ipv4.ip_forward=1")
	}
	return nil
}
