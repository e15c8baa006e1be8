package settings

import (
	"math"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// Widths of fields: as wide as their longest values.
const (
	numberWidth = 104
	hostWidth   = 320
)

func appearance() []card {
	modes := []theme.Mode{theme.System, theme.Light, theme.Dark}
	return []card{{
		title: lang.L("Theme"), help: lang.L("“System” follows the light or dark setting of your desktop"),
		rows: []*row{pictures(setting.NameTheme, lang.L("Theme"),
			[]value{{"system", lang.L("System")}, {"light", lang.L("Light")}, {"dark", lang.L("Dark")}},
			func(i int) fyne.CanvasObject { return kit.NewThemePicture(modes[i]) })},
	}, {rows: []*row{
		accent(),
		field(setting.NameScale, lang.L("Size of everything"), lang.L("Text, icons and spacing grow together"), "100", numberWidth, percent()),
		choose(setting.NameDensity, lang.L("Density of tables"), lang.L("Comfortable is easier to hit with a finger"),
			value{setting.Comfortable, lang.L("Comfortable")}, value{setting.Compact, lang.L("Compact")}),
		flag(setting.NameContrast, lang.L("Higher contrast"), lang.L("Stronger borders and text")),
		flag(setting.NameMotion, lang.L("Motion"), lang.L("Messages and drawers slide into their place, unless the desktop wants no motion")),
	}}}
}

// accent offers the colours of links, selections and primary buttons.
func accent() *row {
	names := map[theme.Hue]string{
		theme.HueBlue: lang.L("Blue"), theme.HueTeal: lang.L("Teal"), theme.HueGreen: lang.L("Green"), theme.HueViolet: lang.L("Violet"),
		theme.HuePink: lang.L("Pink"), theme.HueAmber: lang.L("Amber"), theme.HueGrey: lang.L("Grey"),
	}
	var values []value
	var tokens []theme.Token
	for _, hue := range theme.Hues() {
		values = append(values, value{string(hue), names[hue]})
		tokens = append(tokens, theme.Swatch(hue))
	}
	return colours(setting.NameAccent, lang.L("Accent colour"), lang.L("All of them keep a contrast of at least 4.5 : 1"), values, tokens)
}

func hosts() []card {
	return []card{{rows: []*row{
		field(setting.NameDefaultHost, lang.L("Host at start"),
			lang.L("A saved host’s name or a libvirt address. Takes effect at the next start."),
			lang.L("This computer"), hostWidth, plainText()),
		flag(setting.NameCheckNewHosts, lang.L("Check new hosts"),
			lang.L("When a host is connected for the first time and something that machines need is missing, its check opens by itself")),
	}}}
}

func newMachines() []card {
	return []card{{
		title: lang.L("Where the operating system has no wish of its own"),
		rows: []*row{
			field(setting.NameNewMemory, lang.L("Memory"), "", "1 GiB", numberWidth, sizeText()),
			field(setting.NameNewVCPUs, lang.L("Processors"), "", "1", numberWidth, wholeNumber(lang.L("Choose a number between 1 and 4096."), 1, 4096)),
			field(setting.NameNewDisk, lang.L("Disk"), lang.L("It grows as the machine fills it"), "20 GiB", numberWidth, sizeText()),
		},
	}, {rows: []*row{
		flag(setting.NameNewStart, lang.L("Start when created"), lang.L("What the wizard suggests")),
	}}}
}

func consoles() []card {
	return []card{{rows: []*row{
		list(setting.NameConsoleScaling, lang.L("Size of a screen"), lang.L("How a machine’s screen is shown when it is opened"),
			value{setting.Fit, lang.L("Fit into the window")}, value{setting.ActualSize, lang.L("Actual size")},
			value{setting.Whole, lang.L("Whole pixels, as large as fits")},
			value{setting.Follow, lang.L("The machine follows the window")}),
		list(setting.NameClipboard, lang.L("Clipboard"), lang.L("What consoles share with machines of this computer at first"), directions()...),
		list(setting.NameRemoteClipboard, lang.L("Clipboard of other hosts"), lang.L("What consoles share with machines of other computers at first"), directions()...),
		flag(setting.NameConsoleSound, lang.L("Sound"), lang.L("Play a machine’s sound while its screen is shown; a covered or minimised window plays on")),
		field(setting.NameConsoleKeys, lang.L("Own key combinations"), lang.L("They can be sent to machines; with commas between"), "Ctrl+Alt+F2", hostWidth, combinations()),
		field(setting.NameConsoleRelease, lang.L("Keys that let go"), lang.L("Pressed together and alone they give the keyboard back, such as RightCtrl or Ctrl+Shift"), "Ctrl+Alt", hostWidth, release()),
		field(setting.NameConsolePass, lang.L("Keys that stay here"), lang.L("They work on this computer even while a machine has the keyboard; with commas between"), "Alt+Tab, F11", hostWidth, pass()),
		list(setting.NameConsoleLayout, lang.L("Keyboard for typed texts"), lang.L("The one that is set in the machine, for “Type text…”"), layouts()...),
	}}}
}

// layouts are the keyboards of machines.
func layouts() []value {
	var values []value
	for _, l := range rfb.Layouts {
		values = append(values, value{l.ID, lang.L(l.Name)})
	}
	return values
}

// directions are the ways that text may go between a console and its machine.
func directions() []value {
	return []value{
		{setting.ClipboardOff, lang.L("Share nothing")}, {setting.ClipboardToGuest, lang.L("Text to the machine")},
		{setting.ClipboardFromGuest, lang.L("Text from the machine")}, {setting.ClipboardBoth, lang.L("Text both ways")},
	}
}

func figures() []card {
	return []card{{rows: []*row{
		field(setting.NameStatsInterval, lang.L("Read figures every"),
			lang.L("How often processor, memory, disks and network of running machines are read"), "3", numberWidth, seconds()),
	}}}
}

func history() []card {
	kept := wholeNumber(lang.L("Choose a number of days, or 0 for ever."), 0, 3650)
	kept.unit = lang.L("days")
	audit := kept
	audit.wrong = lang.L("Choose 30 days or more, or 0 for ever.")
	return []card{{rows: []*row{
		field(setting.NameKeepOperations, lang.L("Keep operations for"), lang.L("What was done, with its result; 0 is for ever"), "90", numberWidth, kept),
		field(setting.NameKeepAudit, lang.L("Keep the audit log for"), lang.L("Who asked for what; 0 is for ever"), "0", numberWidth, audit),
	}}}
}

func confirmations() []card {
	return []card{{rows: []*row{
		flag(setting.NameConfirmForceOff, lang.L("Ask before a machine is forced off"), lang.L("Like pulling the plug: unsaved work is lost")),
		flag(setting.NameConfirmReset, lang.L("Ask before a machine is reset"), lang.L("Like pressing the reset button: unsaved work is lost")),
	}}}
}

// sizeText is a number of bytes with its unit, as it is typed.
func sizeText() notation {
	same := func(text string) string { return text }
	return notation{shown: same, kept: strings.TrimSpace, wrong: lang.L("Write a size with a unit, such as 2 GiB.")}
}

func combinations() notation {
	n := sizeText()
	n.wrong = lang.L("Write names of keys with + between, and commas between combinations.")
	return n
}

func pass() notation {
	n := combinations()
	n.wrong = lang.L("Write combinations such as Alt+Tab, Super+L or F11, with commas between. Keys for typing go to the machine.")
	return n
}

func release() notation {
	n := sizeText()
	n.wrong = lang.L("Write two of Ctrl, Alt, Shift and Super with + between, or RightCtrl, RightShift, RightSuper or Menu.")
	return n
}

func wholeNumber(wrong string, least, most int) notation {
	same := func(text string) string { return text }
	return notation{shown: same, kept: strings.TrimSpace, wrong: wrong,
		step: func(typed string, by int) string { return stepped(typed, by, least, most) }}
}

// percent writes a factor as a percentage.
func percent() notation {
	kept := func(typed string) string {
		v, err := strconv.ParseFloat(number(typed, "%"), 64)
		if err != nil {
			return typed
		}
		return strconv.FormatFloat(v/100, 'g', -1, 64)
	}
	return notation{
		unit: "%", kept: kept,
		shown: func(text string) string {
			v, _ := strconv.ParseFloat(text, 64)
			return strconv.FormatFloat(math.Round(1000*v)/10, 'f', -1, 64)
		},
		step:  func(typed string, by int) string { return stepped(typed, 10*by, 80, 250) },
		wrong: lang.L("Choose a size between 80 and 250 %."),
	}
}

// seconds writes a duration in seconds.
func seconds() notation {
	return notation{
		unit: lang.L("seconds"),
		kept: func(typed string) string {
			v, err := strconv.ParseFloat(number(typed, "s"), 64)
			if err != nil || math.Abs(v) > 1e6 {
				return typed
			}
			return time.Duration(v * float64(time.Second)).String()
		},
		shown: func(text string) string {
			d, _ := time.ParseDuration(text)
			return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
		},
		step:  func(typed string, by int) string { return stepped(typed, by, 1, 60) },
		wrong: lang.L("Choose a time between 1 and 60 seconds."),
	}
}

func plainText() notation {
	same := func(text string) string { return text }
	return notation{shown: same, kept: strings.TrimSpace, wrong: lang.L("This is not a libvirt address, such as qemu:///system.")}
}

// number takes a decimal comma and a unit that was typed along.
func number(typed, unit string) string {
	return strings.ReplaceAll(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(typed), unit)), ",", ".")
}

// stepped adds to a number within bounds; what is no number stays.
func stepped(typed string, by, least, most int) string {
	v, err := strconv.ParseFloat(number(typed, ""), 64)
	if err != nil {
		return typed
	}
	return strconv.FormatFloat(min(float64(most), max(float64(least), v+float64(by))), 'f', -1, 64)
}
