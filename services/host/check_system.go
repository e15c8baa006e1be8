package host

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Denials older than denialAge are past; logs are read from logTail before their end.
const (
	denialAge = 24 * time.Hour
	logTail   = 1 << 20
)

// logFiles are where the kernel's audit messages end up: auditd's file, and what
// syslog daemons of the distributions write.
var logFiles = []string{"/var/log/audit/audit.log", "/var/log/kern.log", "/var/log/syslog", "/var/log/messages"}

// denials tells whether AppArmor or SELinux has kept a machine from something
// within the last day.
func (e *examination) denials() virt.Check {
	name := e.here.confinement()
	if name == "" {
		return ok("Neither of them confines anything here.")
	}
	log, readable := e.here.auditLog()
	if !readable {
		c := skipped(name + " is on, but you may not read the system’s log.")
		c.Remedy, c.Command = "Look for denials:", "sudo journalctl -k --since -1d --grep 'DENIED|denied'"
		return c
	}
	found := denialsIn(log, time.Now())
	if len(found) == 0 {
		return ok(name + " is on and has denied machines nothing within a day.")
	}
	last := found[len(found)-1]
	cause := fmt.Sprintf("%s has denied machines %d accesses within a day, last to %s.", name, len(found), last.what)
	if name == "SELinux" {
		return warn(cause, "Give the file the label that its place wants, or keep it in a storage pool:", "sudo restorecon -v '"+last.what+"'")
	}
	return warn(cause, "Keep files of machines in storage pools, or allow the place in /etc/apparmor.d/local/abstractions/libvirt-qemu. The denials:",
		"sudo journalctl -k --since -1d --grep 'apparmor=.DENIED'")
}

// confinement names the security module that confines programs here, if any.
func (c *computer) confinement() string {
	switch {
	case c.has("/sys/fs/selinux/enforce"):
		return "SELinux"
	case c.text("/sys/module/apparmor/parameters/enabled") == "Y":
		return "AppArmor"
	default:
		return ""
	}
}

// auditLog returns what of the system's log can be read.
func (c *computer) auditLog() (text string, readable bool) {
	var all strings.Builder
	for _, name := range logFiles {
		if text, err := c.tail(name, logTail); err == nil {
			all.WriteString(text)
			readable = true
		}
	}
	if text, err := c.kernelLog(); err == nil {
		all.WriteString(text)
		readable = true
	}
	return all.String(), readable
}

// A denial is one access that was denied.
type denial struct {
	serial string
	at     time.Time
	what   string // the file, else the operation
}

var (
	auditStamp  = regexp.MustCompile(`audit\((\d+)\.\d+:(\d+)\)`)
	deniedTo    = regexp.MustCompile(`apparmor="DENIED".*(profile="(libvirt|virt-aa-helper|virtqemud|swtpm|/usr/sbin/libvirtd)|comm="(qemu|swtpm|virtiofsd))|avc: +denied.*(svirt|virtd_t|virtqemud_t|comm="qemu)`)
	deniedFile  = regexp.MustCompile(`\b(?:name|path)="([^"]+)"`)
	deniedVerbs = regexp.MustCompile(`operation="([^"]+)"|denied +\{ ([^}]+) \}`)
)

// denialsIn returns the denials of machines in a log, oldest first. The same one
// may be in several logs and counts once.
func denialsIn(log string, now time.Time) []denial {
	var all []denial
	for line := range strings.SplitSeq(log, "\n") {
		stamp := auditStamp.FindStringSubmatch(line)
		if stamp == nil || !deniedTo.MatchString(line) {
			continue
		}
		seconds, err := strconv.ParseInt(stamp[1], 10, 64)
		at := time.Unix(seconds, 0)
		if err != nil || now.Sub(at) > denialAge {
			continue
		}
		d := denial{serial: stamp[1] + ":" + stamp[2], at: at, what: "something"}
		if file := deniedFile.FindStringSubmatch(line); file != nil {
			d.what = file[1]
		} else if verb := deniedVerbs.FindStringSubmatch(line); verb != nil {
			d.what = cmp.Or(verb[1], verb[2])
		}
		if !slices.ContainsFunc(all, func(o denial) bool { return o.serial == d.serial }) {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b denial) int { return a.at.Compare(b.at) })
	return all
}

// clock tells whether somebody keeps the clock right (adjtimex(2)). A wrong one
// makes certificates invalid and times of logs and snapshots wrong.
func (e *examination) clock() virt.Check {
	var state unix.Timex
	result, err := unix.Adjtimex(&state)
	switch {
	case err != nil:
		return skipped("The kernel does not tell.")
	case result != unix.TIME_ERROR && state.Status&unix.STA_UNSYNC == 0:
		return ok("It is synchronised.")
	}
	const cause = "The kernel knows of nobody who keeps it right: certificates and times may be wrong."
	if e.here.systemd() && e.here.program("chronyd", "ntpd") == "" && !e.here.has("/usr/lib/systemd/systemd-timesyncd") {
		return e.missing(virt.CheckWarn, partClock, cause)
	}
	if e.here.systemd() {
		return warn(cause, "Let the system synchronise it:", "sudo timedatectl set-ntp true")
	}
	return e.missing(virt.CheckWarn, partClock, cause)
}
