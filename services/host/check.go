package host

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// The IDs of the findings are part of the contract: names are only added.
const (
	checkConnection = "connection"
	checkNetwork    = "default-network"
	checkPool       = "default-pool"
	checkForwarding = "forwarding"
)

// Check tells whether a host is ready for machines: one finding for each thing
// that machines need, in the same order every time, with its cause, what to do
// and the exact command. A host that is not reached is a finding, not an error;
// then the findings about this computer's own daemon say why. What only a
// computer's own files tell is skipped for other computers. Nothing is changed
// and no program is run.
func (s *Service) Check(ctx context.Context, id virt.HostID) ([]virt.Check, error) {
	if err := s.door.May(ctx, virt.CheckHost, virt.HostRef(id)); err != nil {
		return nil, err
	}
	c, err := s.find(id)
	if err != nil {
		return nil, err
	}
	e := &examination{}
	_, e.failure = s.Show(ctx, id) // which learns the facts, too
	if ctx.Err() != nil {
		return nil, e.failure
	}
	if e.failure == nil {
		e.answers, e.failure = Read(ctx, s, virt.CheckHost, id, ask)
	}
	e.host, e.chosen = c.status(), c.asked == ""
	if ctx.Err() != nil {
		return nil, e.failure
	}
	if local(e.host.URI) {
		e.here = thisComputer()
	}
	return e.findings(), nil
}

// An examination is what the findings about a host are drawn from.
type examination struct {
	host    virt.Host
	chosen  bool  // we have chosen the driver ourselves
	failure error // why the host is not reached; nil: answers are there
	answers
	here *computer // nil: the host is another computer
}

// answers are what libvirt says of its host.
type answers struct {
	caps     *libvirtxml.Caps
	machine  *libvirtxml.DomainCaps // nil: not known
	networks told[virt.Network]
	pools    told[virt.Pool]
}

// told is a list that libvirt gave, or why it did not.
type told[T any] struct {
	all []T
	err error
}

// ask asks libvirt all that the findings need. Only a host that goes away
// meanwhile is an error.
func ask(c *hypervisor.Conn) (answers, error) {
	var a answers
	var err error
	if a.caps, err = c.Capabilities(); err != nil {
		return a, err
	}
	machine := map[string]string{"x86_64": "q35", "aarch64": "virt"}[hostArch(a.caps)]
	a.machine, err = c.DomainCapabilities("", hostArch(a.caps), machine, "")
	if err != nil {
		a.machine = nil // without QEMU, or where the driver cannot tell
	}
	a.networks.all, a.networks.err = c.Networks()
	a.pools.all, a.pools.err = c.Pools()
	for _, err := range []error{err, a.networks.err, a.pools.err} {
		if errors.Is(err, virt.ErrUnavailable) {
			return a, err
		}
	}
	return a, nil
}

func hostArch(caps *libvirtxml.Caps) string {
	if caps.Host.CPU == nil {
		return ""
	}
	return caps.Host.CPU.Arch
}

// What a subject needs to be looked at.
const (
	needsLibvirt = 1 << iota // libvirt answers
	needsFiles               // the host is this computer
	needsSystem              // machines are the system daemon's
)

// A subject is one thing that the check looks at.
type subject struct {
	id, title string
	needs     int
	look      func(*examination) virt.Check
}

// subjects are all of them, in the order in which they are told: what hinders
// most comes first.
var subjects = []subject{
	{checkConnection, "libvirt answers", 0, (*examination).connection},
	{"daemon", "libvirt’s daemon and sockets", needsFiles, (*examination).daemon},
	{"group", "Your right to use them", needsFiles | needsSystem, (*examination).group},
	{"kvm", "Hardware virtualisation", 0, (*examination).kvm},
	{"kvm-access", "The right to use KVM", needsFiles, (*examination).kvmAccess},
	{"emulator", "QEMU", 0, (*examination).emulator},
	{"firmware", "UEFI firmware (OVMF)", 0, (*examination).firmware},
	{"tpm", "Emulated TPM (swtpm)", 0, (*examination).tpm},
	{"virtiofsd", "Shared folders (virtiofsd)", needsFiles, (*examination).virtiofsd},
	{checkNetwork, "Network “default”", needsLibvirt | needsSystem, (*examination).network},
	{"dnsmasq", "Addresses for machines (dnsmasq)", needsFiles | needsSystem, (*examination).dnsmasq},
	{checkForwarding, "IP forwarding", needsLibvirt | needsFiles | needsSystem, (*examination).forwarding},
	{checkPool, "Pool “default”", needsLibvirt, (*examination).pool},
	{"disk-space", "Room for disks", 0, (*examination).space},
	{"denials", "AppArmor and SELinux", needsFiles, (*examination).denials},
	{"clock", "The clock", needsFiles, (*examination).clock},
}

func (e *examination) findings() []virt.Check {
	var all []virt.Check
	for _, s := range subjects {
		check := virt.Check{Status: virt.CheckSkipped, Cause: e.hindrance(s)}
		if check.Cause == "" {
			check = s.look(e)
		}
		check.ID = s.id
		if check.Title == "" {
			check.Title = s.title
		}
		all = append(all, check)
	}
	return all
}

// hindrance says why a subject cannot be looked at; empty: it can.
func (e *examination) hindrance(s subject) string {
	switch {
	case s.id == checkConnection:
		return ""
	case e.driver() == "test" && s.id != checkNetwork && s.id != checkPool:
		return "libvirt’s test driver runs no machines."
	case s.needs&needsFiles != 0 && e.here == nil:
		return "Only the host’s own files tell; run kvm-cli host check there."
	case s.needs&needsSystem != 0 && (e.path() == "/session" || e.path() == "/embed"):
		return "Machines of your own session do without: they use a network of their own process."
	case s.needs&needsLibvirt != 0 && e.failure != nil:
		return "libvirt has to answer first."
	default:
		return ""
	}
}

// driver is the URI's driver, such as qemu.
func (e *examination) driver() string {
	scheme, _, _ := strings.Cut(e.host.URI, ":")
	driver, _, _ := strings.Cut(scheme, "+")
	return driver
}

// path is the URI's path, /system where the URI is yet to be chosen.
func (e *examination) path() string {
	u, err := url.Parse(e.host.URI)
	if err != nil || e.host.URI == "" {
		return "/system"
	}
	return u.Path
}

func ok(cause string) virt.Check { return virt.Check{Status: virt.CheckOK, Cause: cause} }

func skipped(cause string) virt.Check { return virt.Check{Status: virt.CheckSkipped, Cause: cause} }

func warn(cause, remedy, command string) virt.Check {
	return virt.Check{Status: virt.CheckWarn, Cause: cause, Remedy: remedy, Command: command}
}

func fail(cause, remedy, command string) virt.Check {
	return virt.Check{Status: virt.CheckFail, Cause: cause, Remedy: remedy, Command: command}
}

// missing is the finding about a part that has to be installed. On another
// computer we do not know the name of the package.
func (e *examination) missing(status virt.CheckStatus, p part, cause string) virt.Check {
	if e.here == nil {
		return virt.Check{Status: status, Cause: cause, Remedy: "Install " + string(p) + " on the host."}
	}
	return virt.Check{Status: status, Cause: cause, Remedy: e.here.installRemedy(p), Command: e.here.install(p)}
}
