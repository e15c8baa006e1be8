package host

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Fix mends the finding of the ID, with the rights of this process and of its
// connection: it makes and starts the default network, starts the default pool
// (both then start with the host), or turns IP forwarding on where the process
// may. Other findings are refused with virt.ErrUnsupported: each says what to do.
// What was done when a later step fails is taken back, and the audit row says
// what has changed.
func (s *Service) Fix(ctx context.Context, id virt.HostID, check string) error {
	return s.Do(ctx, virt.FixHost, virt.HostRef(id), func(ctx context.Context, c *hypervisor.Conn, p *operation.Progress) error {
		switch check {
		case checkNetwork:
			return fixNetwork(ctx, id, c, p)
		case checkPool:
			return fixPool(ctx, id, c, p)
		case checkForwarding:
			return fixForwarding(ctx, id, c, p)
		default:
			return virt.Errorf(virt.KindUnsupported, "%q cannot be mended from here", check).
				WithHint("List the findings; each says what to do.")
		}
	})
}

// fixNetwork makes the default network where it is missing.
func fixNetwork(ctx context.Context, id virt.HostID, c *hypervisor.Conn, p *operation.Progress) error {
	n, err := c.NetworkByName(defaultName)
	if errors.Is(err, virt.ErrNotFound) {
		if err = makeNetwork(ctx, id, c, p); !errors.Is(err, virt.ErrExists) {
			return err
		}
		n, err = c.NetworkByName(defaultName) // somebody else was faster
	}
	if err != nil {
		return err
	}
	n.Host = id
	return switchOn(ctx, c, p, toggle{
		ref: n.Ref(), active: n.Active, autostart: n.Autostart, undoStart: undoStartNetwork, undoAutostart: undoNetworkAutostart,
		start: c.StartNetwork, setAutostart: c.SetNetworkAutostart,
	})
}

func makeNetwork(ctx context.Context, id virt.HostID, c *hypervisor.Conn, p *operation.Progress) error {
	ref := virt.Ref{Host: id, Kind: virt.KindNetwork, ID: hypervisor.NewUUID(), Name: defaultName}
	p.Stage("define")
	err := step(ctx, c, p, undoNetwork, ref, func() error {
		_, err := MakeDefaultNetwork(c, ref.ID)
		return err
	})
	if err == nil {
		p.Diff("", switches(ref, true, true))
	}
	return err
}

func fixPool(ctx context.Context, id virt.HostID, c *hypervisor.Conn, p *operation.Progress) error {
	pool, err := c.PoolByName(defaultName)
	if err != nil {
		return err
	}
	pool.Host = id
	return switchOn(ctx, c, p, toggle{
		ref: pool.Ref(), active: pool.Active, autostart: pool.Autostart, undoStart: undoStartPool, undoAutostart: undoPoolAutostart,
		start: c.StartPool, setAutostart: c.SetPoolAutostart,
	})
}

// A toggle is a network or a pool that is to be active and to start with its host.
type toggle struct {
	ref                      virt.Ref
	active, autostart        bool
	undoStart, undoAutostart string // kinds of inverses

	start        func(id string) error
	setAutostart func(id string, on bool) error
}

func switchOn(ctx context.Context, c *hypervisor.Conn, p *operation.Progress, t toggle) error {
	if !t.active {
		p.Stage("start")
		err := step(ctx, c, p, t.undoStart, t.ref, func() error { return t.start(t.ref.ID) })
		if err != nil && !errors.Is(err, virt.ErrState) { // somebody else may have been faster
			return err
		}
	}
	if !t.autostart {
		p.Stage("autostart")
		if err := step(ctx, c, p, t.undoAutostart, t.ref, func() error { return t.setAutostart(t.ref.ID, true) }); err != nil {
			return err
		}
	}
	p.Diff(switches(t.ref, t.active, t.autostart), switches(t.ref, true, true))
	return nil
}

// switches says in the audit log how a network or a pool stands.
func switches(ref virt.Ref, active, autostart bool) string {
	return fmt.Sprintf("%s %s\nactive: %t\nautostart: %t\n", ref.Kind, ref.Name, active, autostart)
}

// fixForwarding writes what sysctl(8) would. The kernel lets root only.
func fixForwarding(ctx context.Context, id virt.HostID, c *hypervisor.Conn, p *operation.Progress) error {
	if !c.Local() {
		return virt.Errorf(virt.KindUnsupported, "IP forwarding of another computer cannot be turned on from here").
			WithHint("On the host: sudo sysctl -w net.ipv4.ip_forward=1")
	}
	was, err := os.ReadFile(forwardFile)
	if err == nil {
		inverse := operation.Inverse{Kind: undoForwarding, Ref: virt.HostRef(id), Args: map[string]string{"was": string(was)}}
		err = p.Step(ctx, inverse, func(context.Context) error { return setForwarding("1\n") })
	}
	if err != nil {
		kind := virt.KindOf(err)
		if errors.Is(err, os.ErrPermission) {
			kind = virt.KindForbidden
		}
		return virt.Errorf(kind, "turn IP forwarding on: %w", err).WithHint("In a shell: sudo sysctl -w net.ipv4.ip_forward=1")
	}
	p.Diff("net.ipv4.ip_forward = "+string(was), "net.ipv4.ip_forward = 1\n")
	return nil
}

func setForwarding(value string) error {
	return os.WriteFile(forwardFile, []byte(value), 0o644) // a file of the kernel's
}
