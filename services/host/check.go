package host

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// The findings of Check that Fix can mend.
const (
	checkNetwork = "default-network"
	checkPool    = "default-pool"
)

// Check tells whether a host is ready for machines: one finding per thing that
// machines need, each with its cause and what to do. A host that is not reached
// is a finding, not an error.
func (s *Service) Check(ctx context.Context, id virt.HostID) ([]virt.Check, error) {
	if err := s.door.May(ctx, virt.CheckHost, virt.HostRef(id)); err != nil {
		return nil, err
	}
	host, err := s.Show(ctx, id)
	if errors.Is(err, virt.ErrNotFound) || ctx.Err() != nil {
		return nil, err
	}
	checks := []virt.Check{reached(host, err)}
	if err != nil {
		return append(checks, kvmDevice()), nil
	}
	if local(host.URI) {
		checks = append(checks, kvmDevice())
	}
	found, err := Read(ctx, s, virt.CheckHost, id, func(c *hypervisor.Conn) ([]virt.Check, error) {
		return []virt.Check{emulator(c), network(c), pool(c)}, nil
	})
	return append(checks, found...), err
}

// Fix mends the finding of the ID: it starts the default network or the default
// pool. Other findings are refused with virt.ErrUnsupported and their remedy.
func (s *Service) Fix(ctx context.Context, id virt.HostID, check string) error {
	return s.Do(ctx, virt.FixHost, virt.HostRef(id), func(_ context.Context, c *hypervisor.Conn, _ *operation.Progress) error {
		switch check {
		case checkNetwork:
			return startDefaultNetwork(c)
		case checkPool:
			return startDefaultPool(c)
		default:
			return virt.Errorf(virt.KindUnsupported, "%q cannot be mended from here", check).
				WithHint("List the findings; each says what to do.")
		}
	})
}

func reached(h virt.Host, err error) virt.Check {
	c := virt.Check{ID: "connection", Status: virt.CheckOK, Title: "libvirt answers"}
	if err != nil {
		c.Status, c.Title, c.Cause, c.Remedy = virt.CheckFail, "libvirt does not answer", err.Error(), virt.HintOf(err)
		if errors.Is(err, virt.ErrForbidden) || errors.Is(err, virt.ErrUnauthenticated) {
			c.Title = "libvirt does not let you in"
		}
		return c
	}
	c.Cause = fmt.Sprintf("libvirt %s, %s %s at %s", h.Libvirt, h.Hypervisor, h.HVVersion, h.URI)
	return c
}

// kvmDevice looks whether this process may open /dev/kvm; whether guests run
// under it is only known by running one.
func kvmDevice() virt.Check {
	c := virt.Check{ID: "kvm", Status: virt.CheckOK, Title: "Hardware virtualisation", Cause: "/dev/kvm can be opened"}
	err := unix.Access("/dev/kvm", unix.R_OK|unix.W_OK)
	switch {
	case errors.Is(err, os.ErrNotExist):
		c.Status, c.Cause = virt.CheckWarn, "There is no /dev/kvm: machines run by emulation, many times slower."
		c.Remedy = "Turn on virtualisation (VT-x or AMD-V) in the computer's firmware and load the module: sudo modprobe kvm_intel || sudo modprobe kvm_amd"
	case err != nil:
		c.Status, c.Cause = virt.CheckWarn, "You may not open /dev/kvm; the system daemon may."
		c.Remedy = "To use KVM from your own session: sudo usermod -aG kvm $USER, then log in again."
	}
	return c
}

func emulator(c *hypervisor.Conn) virt.Check {
	check := virt.Check{ID: "emulator", Status: virt.CheckOK, Title: "QEMU is installed"}
	caps, err := c.Capabilities()
	switch {
	case err != nil:
		check.Status, check.Cause = virt.CheckFail, err.Error()
	case len(caps.Guests) == 0:
		check.Status, check.Title, check.Cause = virt.CheckFail, "QEMU is not installed", "libvirt finds no emulator."
		check.Remedy = "sudo apt install qemu-system-x86, or on Fedora: sudo dnf install qemu-kvm"
	default:
		check.Cause = fmt.Sprintf("%d kinds of guests", len(caps.Guests))
	}
	return check
}

func network(c *hypervisor.Conn) virt.Check {
	check := virt.Check{ID: checkNetwork, Status: virt.CheckOK, Title: "Network “default”", Cause: "It is started."}
	networks, err := c.Networks()
	if errors.Is(err, virt.ErrUnsupported) {
		return virt.Check{ID: checkNetwork, Status: virt.CheckSkipped, Title: check.Title, Cause: "This driver has no networks; machines use a network of their own process."}
	}
	if err != nil {
		check.Status, check.Cause = virt.CheckFail, err.Error()
		return check
	}
	for _, n := range networks {
		if n.Name != "default" {
			continue
		}
		if !n.Active {
			check.Status, check.Cause, check.Fixable = virt.CheckWarn, "It is stopped: machines on it do not start.", true
			check.Remedy = "Start it: kvm-cli host check --fix " + checkNetwork
		}
		return check
	}
	check.Status, check.Cause = virt.CheckWarn, "There is none; new machines get a network of their own process, which others cannot reach."
	check.Remedy = "Install libvirt's default network: sudo apt install libvirt-daemon-config-network, or on Fedora: sudo dnf install libvirt-daemon-config-network"
	return check
}

func pool(c *hypervisor.Conn) virt.Check {
	check := virt.Check{ID: checkPool, Status: virt.CheckOK, Title: "Pool “default”", Cause: "It is active."}
	pools, err := c.Pools()
	if errors.Is(err, virt.ErrUnsupported) {
		return virt.Check{ID: checkPool, Status: virt.CheckSkipped, Title: check.Title, Cause: "This driver has no pools; disks are files in the machine's directory."}
	}
	if err != nil {
		check.Status, check.Cause = virt.CheckFail, err.Error()
		return check
	}
	for _, p := range pools {
		if p.Name != "default" {
			continue
		}
		if !p.Active {
			check.Status, check.Cause, check.Fixable = virt.CheckWarn, "It is stopped.", true
			check.Remedy = "Start it: kvm-cli host check --fix " + checkPool
		}
		return check
	}
	check.Cause = "There is none yet; it is made with the first machine that needs it."
	return check
}

func startDefaultNetwork(c *hypervisor.Conn) error {
	networks, err := c.Networks()
	if err != nil {
		return err
	}
	for _, n := range networks {
		if n.Name == "default" && !n.Active {
			return c.StartNetwork(n.ID)
		}
	}
	return nil
}

func startDefaultPool(c *hypervisor.Conn) error {
	p, err := c.PoolByName("default")
	if err != nil || p.Active {
		return err
	}
	return c.StartPool(p.ID)
}
