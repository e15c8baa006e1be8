package parts

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A Look is how a state is shown: a word, a shape and a colour, never one of
// them alone.
type Look struct {
	Word  string
	Icon  string
	Token theme.Token
}

// LookOf returns how a machine's state is shown.
func LookOf(s virt.VMState) Look {
	switch s {
	case virt.StateRunning:
		return Look{lang.L("Running"), "st-run", theme.OK}
	case virt.StatePaused:
		return Look{lang.L("Paused"), "st-pause", theme.Warn}
	case virt.StateSuspended:
		return Look{lang.L("Suspended"), "st-pause", theme.Warn}
	case virt.StateSaved:
		return Look{lang.L("Saved"), "st-saved", theme.Accent}
	case virt.StateCrashed:
		return Look{lang.L("Crashed"), "st-crash", theme.Err}
	case virt.StateShuttingDown:
		return Look{lang.L("Shutting down"), "loader-circle", theme.Accent}
	case virt.StateShutoff:
		return Look{lang.L("Off"), "st-off", theme.Muted}
	default:
		return Look{lang.L("Unknown"), "circle-help", theme.Muted}
	}
}

// systems are the names of families of operating systems that are not simply
// libosinfo's with a capital letter.
var systems = map[string]string{
	"almalinux": "AlmaLinux", "alpinelinux": "Alpine Linux", "archlinux": "Arch Linux", "centos": "CentOS", "centos-stream": "CentOS Stream",
	"freebsd": "FreeBSD", "macosx": "macOS", "netbsd": "NetBSD", "openbsd": "OpenBSD", "opensuse": "openSUSE", "rhel": "RHEL",
	"sles": "SLES", "win": "Windows",
}

// SystemName writes the libosinfo short id of an operating system for people:
// "ubuntu24.04" is "Ubuntu 24.04", "win2k22" is "Windows Server 2022".
func SystemName(id string) string {
	if year, server := strings.CutPrefix(id, "win2k"); server && year != "" {
		year, r2 := strings.CutSuffix(year, "r2")
		name := "Windows Server 20" + strings.Repeat("0", max(0, 2-len(year))) + year
		if r2 {
			name += " R2"
		}
		return name
	}
	at := strings.IndexFunc(id, unicode.IsDigit)
	if at < 0 {
		at = len(id)
	}
	family, version := strings.TrimRight(id[:at], "-"), id[at:]
	name, known := systems[family]
	if !known && family != "" {
		name = strings.ToUpper(family[:1]) + family[1:]
	}
	return strings.TrimSpace(name + " " + version)
}
