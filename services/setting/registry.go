package setting

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// The names of the settings, as in settings.json and in virt.SettingChanged.
const (
	NameTheme           = "appearance.theme"
	NameAccent          = "appearance.accent"
	NameScale           = "appearance.scale"
	NameDefaultHost     = "default_host"
	NameStatsInterval   = "stats.interval"
	NameConfirmForceOff = "confirm.force_off"
	NameConfirmReset    = "confirm.reset"
	NameDensity         = "appearance.density"
	NameContrast        = "appearance.high_contrast"
	NameMotion          = "appearance.motion"
	NameConsoleScaling  = "console.scaling"
	NameClipboard       = "console.clipboard"
	NameRemoteClipboard = "console.clipboard_remote"
	NameConsoleSound    = "console.sound"
	NameConsoleKeys     = "console.keys"
	NameConsoleRelease  = "console.release"
	NameConsolePass     = "console.pass"
	NameConsoleLayout   = "console.layout"
	NameKeepOperations  = "history.operations_days"
	NameKeepAudit       = "history.audit_days"
	NameNewMemory       = "new.memory"
	NameNewVCPUs        = "new.vcpus"
	NameNewDisk         = "new.disk"
	NameNewStart        = "new.start"
	NameCheckNewHosts   = "hosts.check_new"
)

// Values of the settings of that kind.
const (
	Comfortable = "comfortable" // NameDensity
	Compact     = "compact"
	Fit         = "fit" // NameConsoleScaling
	ActualSize  = "actual"
	Follow      = "follow" // the machine takes the window's size
	Whole       = "whole"  // as large as fits, in whole multiples of its pixels

	ClipboardOff       = "off" // NameClipboard, NameRemoteClipboard
	ClipboardToGuest   = "to"
	ClipboardFromGuest = "from"
	ClipboardBoth      = "both"
)

// KeysPrefix begins the names of settings that give an action of the window
// another key combination; the rest is the action's ID.
const KeysPrefix = "keys."

// A definition is one setting: its name, its default as text, what is allowed
// as a phrase, and the parser that checks a text and returns its JSON value.
type definition struct {
	name     string
	fallback string
	allowed  string
	parse    func(text string) (any, error)
}

// registry has one row a setting. A new one takes a row here and, where code
// reads it often, a typed method in read.go.
var registry = []definition{
	choice(NameTheme, "system", "dark", "light"),
	choice(NameAccent, "blue", "teal", "green", "violet", "pink", "amber", "grey"),
	number(NameScale, 1, 0.8, 2.5),
	{NameDefaultHost, "", "the name of a host or a libvirt URI; empty for the first that answers", parseHost},
	duration(NameStatsInterval, 3*time.Second, time.Second, time.Minute),
	flag(NameConfirmForceOff, true),
	flag(NameConfirmReset, true),
	choice(NameDensity, Comfortable, Compact),
	flag(NameContrast, false),
	flag(NameMotion, true),
	choice(NameConsoleScaling, Fit, ActualSize, Follow, Whole),
	choice(NameClipboard, ClipboardBoth, ClipboardToGuest, ClipboardFromGuest, ClipboardOff),
	choice(NameRemoteClipboard, ClipboardOff, ClipboardToGuest, ClipboardFromGuest, ClipboardBoth),
	flag(NameConsoleSound, true),
	{NameConsoleKeys, "", "key combinations with commas between, such as Ctrl+Alt+F2, Super+L", parseCombinations},
	{NameConsoleRelease, "Ctrl+Alt", "two or more of Ctrl, Alt, Shift, Super, AltGr, RightCtrl, RightShift, RightSuper and Menu with + between, or one of the last four", parseRelease},
	{NameConsolePass, "", "key combinations with commas between, such as Alt+Tab, Super+L, F11, VolumeUp", parsePass},
	choice(NameConsoleLayout, layouts()...),
	days(NameKeepOperations, 90, 1),
	days(NameKeepAudit, 0, 30),
	size(NameNewMemory, "1 GiB", 16<<20, 64<<40),
	whole(NameNewVCPUs, 1, 1, 4096),
	size(NameNewDisk, "20 GiB", 1<<20, 1<<50),
	flag(NameNewStart, true),
	flag(NameCheckNewHosts, true),
}

// freeForm are the names under which the window keeps how it was left: any
// JSON value, checked by whoever reads it.
var freeForm = regexp.MustCompile(`^ui(\.[a-z0-9_-]+)+$`)

// keyNames are the names of settings of key combinations. Which actions there
// are the window knows.
var keyNames = regexp.MustCompile(`^keys(\.[a-z0-9_-]+)+$`)

// maxFreeForm is the size of a free-form value in bytes.
const maxFreeForm = 64 << 10

func find(name string) (definition, error) {
	for _, d := range registry {
		if d.name == name {
			return d, nil
		}
	}
	if freeForm.MatchString(name) {
		return definition{name, "null", "any JSON value", parseJSON}, nil
	}
	if keyNames.MatchString(name) {
		return definition{name, "", "a key combination such as Ctrl+Shift+T, or none; empty for the usual one", parseKeys}, nil
	}
	return definition{}, virt.Errorf(virt.KindNotFound, "no setting %q", name).
		WithHint("Settings: " + strings.Join(Names(), ", ") + ".")
}

// Names returns the names of all settings, sorted; those under ui. are not
// among them.
func Names() []string {
	var names []string
	for _, d := range registry {
		names = append(names, d.name)
	}
	slices.Sort(names)
	return names
}

// check parses text and names the setting and what it allows in the error.
func (d definition) check(text string) (any, error) {
	value, err := d.parse(text)
	if err != nil {
		return nil, virt.Errorf(virt.KindInvalid, "%s cannot be %q", d.name, text).WithHint("Allowed: " + d.allowed + ".")
	}
	return value, nil
}

// value returns the checked value of the file, or the default and what is
// wrong with the file's.
func (d definition) value(raw json.RawMessage) (any, error) {
	if raw != nil {
		value, err := d.check(d.textOf(raw))
		if err == nil {
			return value, nil
		}
		fallback, _ := d.value(nil)
		return fallback, err
	}
	return d.check(d.fallback)
}

// textOf is a JSON value as a person would type it: strings without quotes,
// but where any JSON goes.
func (d definition) textOf(raw json.RawMessage) string {
	var text string
	if freeForm.MatchString(d.name) || json.Unmarshal(raw, &text) != nil {
		return string(raw)
	}
	return text
}

func choice(name string, values ...string) definition {
	return definition{name, values[0], strings.Join(values, ", "), func(text string) (any, error) {
		if !slices.Contains(values, text) {
			return nil, fmt.Errorf("none of %v", values)
		}
		return text, nil
	}}
}

func number(name string, fallback, least, most float64) definition {
	allowed := fmt.Sprintf("a number from %g to %g", least, most)
	return definition{name, strconv.FormatFloat(fallback, 'g', -1, 64), allowed, func(text string) (any, error) {
		value, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(value) || value < least || value > most {
			return nil, fmt.Errorf("not %s", allowed)
		}
		return value, nil
	}}
}

// size is a number of bytes with a unit; it is kept as it was typed.
func size(name, fallback string, least, most uint64) definition {
	allowed := "a size with a unit, such as " + fallback
	return definition{name, fallback, allowed, func(text string) (any, error) {
		text = strings.TrimSpace(text)
		bytes, err := virt.ParseSize(text)
		if err != nil || bytes < least || bytes > most {
			return nil, fmt.Errorf("not %s", allowed)
		}
		return text, nil
	}}
}

func whole(name string, fallback, least, most int) definition {
	allowed := fmt.Sprintf("a whole number from %d to %d", least, most)
	return definition{name, strconv.Itoa(fallback), allowed, func(text string) (any, error) {
		value, err := strconv.Atoi(text)
		if err != nil || value < least || value > most {
			return nil, fmt.Errorf("not %s", allowed)
		}
		return value, nil
	}}
}

// maxDays is how long records can be kept otherwise than for ever.
const maxDays = 3650

// days is a number of days of at least least; 0 is for ever.
func days(name string, fallback, least int) definition {
	allowed := fmt.Sprintf("a number of days from %d to %d, or 0 for ever", least, maxDays)
	return definition{name, strconv.Itoa(fallback), allowed, func(text string) (any, error) {
		value, err := strconv.Atoi(text)
		if err != nil || value != 0 && (value < least || value > maxDays) {
			return nil, fmt.Errorf("not %s", allowed)
		}
		return value, nil
	}}
}

func duration(name string, fallback, least, most time.Duration) definition {
	allowed := fmt.Sprintf("a time from %s to %s, such as %s", least, most, fallback)
	return definition{name, fallback.String(), allowed, func(text string) (any, error) {
		value, err := time.ParseDuration(text)
		if err != nil || value < least || value > most {
			return nil, fmt.Errorf("not %s", allowed)
		}
		return value.String(), nil
	}}
}

func flag(name string, fallback bool) definition {
	return definition{name, strconv.FormatBool(fallback), "true, false", func(text string) (any, error) {
		switch text {
		case "true", "on", "yes":
			return true, nil
		case "false", "off", "no":
			return false, nil
		default:
			return nil, fmt.Errorf("neither true nor false")
		}
	}}
}

func parseHost(text string) (any, error) {
	if len(text) > 1024 || text != strings.TrimSpace(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return nil, fmt.Errorf("not a host")
	}
	return text, nil
}

// maxCombinations is how many own key combinations there may be.
const maxCombinations = 50

// parseCombinations reads the key combinations that can be sent to machines.
func parseCombinations(text string) (any, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	var all []string
	for one := range strings.SplitSeq(text, ",") {
		keys, err := rfb.ParseCombination(one)
		if err != nil {
			return nil, err
		}
		if name := rfb.Combination(keys); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	if len(all) > maxCombinations {
		return nil, fmt.Errorf("more than %d", maxCombinations)
	}
	return strings.Join(all, ", "), nil
}

// releaseKeys are the keys that may let go of a console; alone those that nobody
// presses alone otherwise.
var releaseKeys = map[rfb.KeyCode]struct{ alone bool }{
	rfb.KeyLeftCtrl: {}, rfb.KeyLeftAlt: {}, rfb.KeyLeftShift: {}, rfb.KeyLeftMeta: {}, rfb.KeyRightAlt: {},
	rfb.KeyRightCtrl: {true}, rfb.KeyRightShift: {true}, rfb.KeyRightMeta: {true}, rfb.KeyMenu: {true},
}

// parseRelease reads the keys that let go of a console.
func parseRelease(text string) (any, error) {
	keys, err := rfb.ParseCombination(text)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if use, can := releaseKeys[key]; !can || len(keys) == 1 && !use.alone {
			return nil, fmt.Errorf("%s cannot let go of a console", key)
		}
	}
	return rfb.Combination(keys), nil
}

// layouts are the keyboards that texts can be typed on.
func layouts() []string {
	var ids []string
	for _, l := range rfb.Layouts {
		ids = append(ids, l.ID)
	}
	return ids
}

func parseJSON(text string) (any, error) {
	if len(text) > maxFreeForm || !json.Valid([]byte(text)) {
		return nil, fmt.Errorf("not a JSON value of at most %d bytes", maxFreeForm)
	}
	return json.RawMessage(text), nil
}
