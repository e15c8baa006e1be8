package settings

import (
	"math"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/setting"
)

// Widths of fields: as wide as their longest values.
const (
	numberWidth = 104
	hostWidth   = 320
)

func appearance() []card {
	return []card{{rows: []*row{
		choose(setting.NameTheme, lang.L("Theme"), lang.L("“System” follows the light or dark setting of your desktop"),
			value{"system", lang.L("System")}, value{"light", lang.L("Light")}, value{"dark", lang.L("Dark")}),
		field(setting.NameScale, lang.L("Size of everything"), lang.L("Text, icons and spacing grow together"), "100", numberWidth, percent()),
	}}}
}

func hosts() []card {
	return []card{{rows: []*row{
		field(setting.NameDefaultHost, lang.L("Host at start"),
			lang.L("The libvirt address to connect to when none is named. Takes effect at the next start."),
			lang.L("This computer"), hostWidth, plainText()),
	}}}
}

func figures() []card {
	return []card{{rows: []*row{
		field(setting.NameStatsInterval, lang.L("Read figures every"),
			lang.L("How often processor, memory, disks and network of running machines are read"), "3", numberWidth, seconds()),
	}}}
}

func confirmations() []card {
	return []card{{rows: []*row{
		flag(setting.NameConfirmForceOff, lang.L("Ask before a machine is forced off"), lang.L("Like pulling the plug: unsaved work is lost")),
		flag(setting.NameConfirmReset, lang.L("Ask before a machine is reset"), lang.L("Like pressing the reset button: unsaved work is lost")),
	}}}
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
