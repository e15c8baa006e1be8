package host

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// connection tells whether libvirt answers.
func (e *examination) connection() virt.Check {
	if e.failure == nil {
		h := e.host
		return ok(fmt.Sprintf("libvirt %s, %s %s at %s", h.Libvirt, h.Hypervisor, h.HVVersion, h.URI))
	}
	c := fail(cmp.Or(virt.CauseOf(e.failure), e.failure.Error()), virt.HintOf(e.failure), "")
	c.Title = "libvirt does not answer"
	if e.refused() {
		c.Title = "libvirt does not let you in"
	}
	return c
}

func (e *examination) refused() bool {
	return errors.Is(e.failure, virt.ErrForbidden) || errors.Is(e.failure, virt.ErrUnauthenticated)
}

// The daemons of libvirt that can drive QEMU: the one for everything, and the
// one of its modules.
const (
	monolithic = "libvirtd"
	modular    = "virtqemud"
)

// sockets returns where the system daemon that the URI means may listen.
func (e *examination) sockets() []string {
	if u, err := url.Parse(e.host.URI); err == nil && u.Query().Get("socket") != "" {
		return []string{u.Query().Get("socket")}
	}
	if e.path() == "/session" {
		dir := os.Getenv("XDG_RUNTIME_DIR") // where it is not set no session daemon can be reached
		return []string{filepath.Join(dir, "libvirt/libvirt-sock"), filepath.Join(dir, "libvirt/virtqemud-sock")}
	}
	return []string{"/run/libvirt/libvirt-sock", "/run/libvirt/virtqemud-sock"}
}

// daemon tells whether a daemon is installed and listens.
func (e *examination) daemon() virt.Check {
	switch {
	case e.path() == "/embed" && !e.chosen:
		return skipped("The embedded driver works without a daemon.")
	case e.path() == "/session" && e.failure == nil:
		return ok("Your own daemon is started when it is needed.")
	}
	installed := e.here.program(monolithic, modular)
	if installed == "" && e.failure != nil {
		return e.missing(virt.CheckFail, partDaemon, "No daemon of libvirt is installed.")
	}
	for _, socket := range e.sockets() {
		if e.here.listens(socket) {
			return ok(socket)
		}
	}
	switch {
	case e.path() == "/embed" && installed == "":
		return e.missing(virt.CheckWarn, partDaemon, "No daemon of libvirt is installed: machines are run by this program alone, without networks and pools.")
	case e.path() == "/embed":
		return warn("The daemon is not started: machines are run by this program alone, without networks and pools.", "Start it:", e.startDaemon())
	case e.failure == nil:
		return ok("It answers.")
	}
	return fail(filepath.Base(installed)+" is installed, and nothing listens at "+e.sockets()[0], "Start it:", e.startDaemon())
}

// startDaemon is the command that starts the daemon, now and with the computer.
// Fedora and openSUSE have moved to the modular daemons.
func (e *examination) startDaemon() string {
	c := e.here
	f, known := c.family()
	modules := c.program(modular) != "" && (c.program(monolithic) == "" || known && slices.ContainsFunc(f.ids, func(id string) bool { return id == "fedora" || id == "suse" }))
	switch {
	case c.systemd() && modules:
		return "sudo systemctl enable --now virtqemud.socket virtnetworkd.socket virtstoraged.socket virtnodedevd.socket"
	case c.systemd():
		return "sudo systemctl enable --now libvirtd"
	case c.has("/etc/init.d/libvirtd"):
		return "sudo service libvirtd start"
	case modules:
		return "sudo virtqemud -d && sudo virtnetworkd -d && sudo virtstoraged -d"
	default:
		return "sudo libvirtd -d"
	}
}

const libvirtGroup = "libvirt"

// A member is how this process stands to the group that may use the daemon.
type member struct {
	root      bool
	exists    bool // the computer has such a group
	listed    bool // the user is in it
	effective bool // this process is, too: it began after the user came in
}

// membership asks the computer's users, which need not be in files.
func membership() member {
	m := member{root: os.Geteuid() == 0}
	group, err := user.LookupGroup(libvirtGroup)
	if err != nil {
		return m
	}
	m.exists = true
	if me, err := user.Current(); err == nil {
		ids, err := me.GroupIds()
		m.listed = err == nil && slices.Contains(ids, group.Gid)
	}
	id, err := strconv.Atoi(group.Gid)
	if err != nil {
		return m
	}
	mine, err := os.Getgroups()
	m.effective = err == nil && slices.Contains(mine, id)
	return m
}

// group tells whether this user may use the system's daemon.
func (e *examination) group() virt.Check {
	open := slices.ContainsFunc(e.sockets(), func(socket string) bool { return e.here.may(socket, unix.W_OK) })
	return e.rights(membership(), open)
}

// rights judges what is known; open is whether the process may open the socket.
// Where it may without being in the group, polkit decides and asks for a
// password.
func (e *examination) rights(m member, open bool) virt.Check {
	const add = "sudo usermod -aG libvirt $USER"
	switch {
	case m.root:
		return ok("You are the administrator.")
	case m.effective:
		return ok("You are in the group “libvirt”.")
	case m.listed:
		return virt.Check{Status: worse(e.refused()), Cause: "You are in the group “libvirt”, but this session began before.", Remedy: "Log out and in again. One shell gets it at once with:", Command: "newgrp libvirt"}
	case e.failure == nil && !open:
		return ok("You were let in.")
	case !m.exists && e.failure == nil:
		return ok("You were let in.")
	case !m.exists:
		return skipped("There is no group “libvirt”; it comes with libvirt’s daemon.")
	case e.failure == nil:
		return warn("You are not in the group “libvirt”: you may be asked for the administrator’s password each time.", "Join it, then log out and in again:", add)
	default:
		return virt.Check{Status: worse(e.refused()), Cause: "You are not in the group “libvirt”.", Remedy: "Join it, then log out and in again:", Command: add}
	}
}

// worse is fail for what is known to hinder, else warn.
func worse(hinders bool) virt.CheckStatus {
	if hinders {
		return virt.CheckFail
	}
	return virt.CheckWarn
}
