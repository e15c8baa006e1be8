package setting

import (
	"encoding/json"
	"time"
)

// The methods below are for code that reads often and cannot fail: they answer
// the default where the file, or its value, cannot be read. They ask the file
// system whether the file has changed and read it again only then.

// Theme is system, dark or light.
func (s *Service) Theme() string { return read[string](s, NameTheme) }

// Scale multiplies all sizes of the window, 0.8 to 2.5.
func (s *Service) Scale() float64 { return read[float64](s, NameScale) }

// DefaultHost is the host or URI to use where none is named, or empty.
func (s *Service) DefaultHost() string { return read[string](s, NameDefaultHost) }

// StatsInterval is the time between two readings of the machines' counters.
func (s *Service) StatsInterval() time.Duration {
	interval, _ := time.ParseDuration(read[string](s, NameStatsInterval)) // checked by the registry
	return interval
}

// ConfirmForceOff says whether to ask before a machine is forced off.
func (s *Service) ConfirmForceOff() bool { return read[bool](s, NameConfirmForceOff) }

// ConfirmReset says whether to ask before a machine is reset.
func (s *Service) ConfirmReset() bool { return read[bool](s, NameConfirmReset) }

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
