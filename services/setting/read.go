package setting

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// The methods below are for code that reads often and cannot fail: they answer
// the default where the file, or its value, cannot be read. They ask the file
// system whether the file has changed and read it again only then.

// Theme is system, dark or light.
func (s *Service) Theme() string { return read[string](s, NameTheme) }

// Accent is the colour of links, selections and primary buttons.
func (s *Service) Accent() string { return read[string](s, NameAccent) }

// Scale multiplies all sizes of the window, 0.8 to 2.5.
func (s *Service) Scale() float64 { return read[float64](s, NameScale) }

// DefaultHost is the host or URI to use where none is named, or empty.
func (s *Service) DefaultHost() string { return read[string](s, NameDefaultHost) }

// StatsInterval is the time between two readings of the machines' counters.
func (s *Service) StatsInterval() time.Duration {
	interval, _ := time.ParseDuration(read[string](s, NameStatsInterval)) // checked by the registry
	return interval
}

// CheckNewHosts says whether a host is looked at when it is connected for the
// first time.
func (s *Service) CheckNewHosts() bool { return read[bool](s, NameCheckNewHosts) }

// ConfirmForceOff says whether to ask before a machine is forced off.
func (s *Service) ConfirmForceOff() bool { return read[bool](s, NameConfirmForceOff) }

// ConfirmReset says whether to ask before a machine is reset.
func (s *Service) ConfirmReset() bool { return read[bool](s, NameConfirmReset) }

// Density is how high rows of tables are: Comfortable or Compact.
func (s *Service) Density() string { return read[string](s, NameDensity) }

// HighContrast says whether texts and edges are stronger.
func (s *Service) HighContrast() bool { return read[bool](s, NameContrast) }

// Motion says whether things may slide into their place.
func (s *Service) Motion() bool { return read[bool](s, NameMotion) }

// ConsoleScaling is how large a machine's screen is shown at first: Fit, ActualSize,
// Follow or Whole.
func (s *Service) ConsoleScaling() string { return read[string](s, NameConsoleScaling) }

// ConsoleSound says whether a console plays its machine's sound at first.
func (s *Service) ConsoleSound() bool { return read[bool](s, NameConsoleSound) }

// ConsoleKeys are the key combinations that a person wants to send to machines
// beside the usual ones, as rfb.ParseCombination reads them.
func (s *Service) ConsoleKeys() []string {
	text := read[string](s, NameConsoleKeys)
	if text == "" {
		return nil
	}
	return strings.Split(text, ", ")
}

// ConsolePass are the key combinations that stay with this computer while a machine
// has the keyboard.
func (s *Service) ConsolePass() [][]rfb.KeyCode {
	return combinationsOf(read[string](s, NameConsolePass))
}

// ConsoleRelease are the keys that let go of a console's keyboard, pressed together
// and alone.
func (s *Service) ConsoleRelease() []rfb.KeyCode {
	keys, _ := rfb.ParseCombination(read[string](s, NameConsoleRelease)) // it was checked
	return keys
}

// ConsoleLayout is the keyboard of machines into which texts are typed: the ID of
// an rfb.Layout.
func (s *Service) ConsoleLayout() string { return read[string](s, NameConsoleLayout) }

// ConsoleClipboard is how a console shares text with its machine at first. With
// machines of another computer nothing is shared until that is allowed.
func (s *Service) ConsoleClipboard(local bool) string {
	if local {
		return read[string](s, NameClipboard)
	}
	return read[string](s, NameRemoteClipboard)
}

// KeepHistory is how long operations and rows of the audit log are kept; zero is
// for ever.
func (s *Service) KeepHistory() (operations, audit time.Duration) {
	const day = 24 * time.Hour
	return time.Duration(read[int](s, NameKeepOperations)) * day, time.Duration(read[int](s, NameKeepAudit)) * day
}

// NewMachine is what a new machine is like where neither the person nor its
// operating system has an opinion: Memory, VCPUs, the size of one disk, and
// whether the window offers to start it.
func (s *Service) NewMachine() virt.VMSpec {
	memory, _ := virt.ParseSize(read[string](s, NameNewMemory)) // both are checked by the registry
	disk, _ := virt.ParseSize(read[string](s, NameNewDisk))
	return virt.VMSpec{
		Memory: memory, VCPUs: uint(read[int](s, NameNewVCPUs)), Disks: []virt.DiskSpec{{Size: disk}}, // not negative
		Start: read[bool](s, NameNewStart),
	}
}

// Keys returns the key combinations that were chosen, by the ID of their action:
// "none", or as people write them.
func (s *Service) Keys() map[string]string {
	members, _ := s.current()
	chosen := map[string]string{}
	for name := range members {
		if id, ok := strings.CutPrefix(name, KeysPrefix); ok && keyNames.MatchString(name) {
			if keys := read[string](s, name); keys != "" {
				chosen[id] = keys
			}
		}
	}
	return chosen
}

// UI decodes the free-form setting ui.NAME into the value that into points to.
// Where it is not set or of another shape it returns false; then into may be
// half filled.
func (s *Service) UI(name string, into any) bool {
	members, _ := s.current()
	raw, set := members["ui."+name]
	return set && json.Unmarshal(raw, into) == nil
}

// read returns the checked value of a setting whose parser returns a T.
func read[T any](s *Service, name string) T {
	members, _ := s.current()
	d, _ := find(name)
	value, _ := d.value(members[name])
	typed, _ := value.(T)
	return typed
}
