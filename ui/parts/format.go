// Package parts holds what several pages share: how numbers, times and states
// are written, and what can be done with machines.
package parts

import (
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2/lang"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// NoValue stands where there is no value.
const NoValue = "–"

// space is the narrow no-break space that stands before units.
const space = "\u202f"

// Size writes bytes with a binary unit: "8 GiB", "6.1 GiB", "512 MiB".
func Size(bytes uint64) string {
	unit := unitOf(bytes)
	return unit.number(bytes) + space + unit.name
}

// SizeOf writes a share of a size in the unit of the whole: "6.1 of 8 GiB".
func SizeOf(used, whole uint64) string {
	unit := unitOf(whole)
	return lang.L("{{.Used}} of {{.Whole}}", map[string]any{"Used": unit.number(used), "Whole": Size(whole)})
}

// SizeParts writes bytes as number and unit, in the unit of the whole.
func SizeParts(bytes, whole uint64) (number, unit string) {
	u := unitOf(whole)
	return u.number(bytes), u.name
}

// Percent writes a percentage without decimals: "41 %".
func Percent(percent float64) string {
	return strconv.FormatFloat(math.Round(percent), 'f', -1, 64) + space + "%"
}

// DiskRate writes bytes per second as number and unit: "8.2", "MB/s".
func DiskRate(bytes float64) (number, unit string) {
	switch {
	case bytes >= 1e9:
		return decimal(bytes / 1e9), "GB/s"
	case bytes >= 1e5 || bytes == 0:
		return decimal(bytes / 1e6), "MB/s"
	default:
		return decimal(bytes / 1e3), "kB/s"
	}
}

// NetRate writes bytes per second as number and unit of bits: "24.6", "Mbit/s".
func NetRate(bytes float64) (number, unit string) {
	bits := 8 * bytes
	switch {
	case bits >= 1e9:
		return decimal(bits / 1e9), "Gbit/s"
	case bits >= 1e5 || bits == 0:
		return decimal(bits / 1e6), "Mbit/s"
	default:
		return decimal(bits / 1e3), "kbit/s"
	}
}

// Count writes a whole number.
func Count(n int) string { return strconv.Itoa(n) }

// Clock writes the time of day: "09:42".
func Clock(t time.Time) string { return t.Local().Format("15:04") }

// Seconds writes a short wait in whole seconds, at least one: "12 s".
func Seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(d.Seconds())))) + space + "s"
}

type unit struct {
	name string
	size uint64
}

var units = []unit{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

func unitOf(bytes uint64) unit {
	for _, u := range units {
		if bytes >= u.size {
			return u
		}
	}
	return units[1] // nothing is zero gibibytes
}

// number writes bytes in the unit; whole numbers have no decimals.
func (u unit) number(bytes uint64) string {
	if bytes%u.size == 0 {
		return strconv.FormatUint(bytes/u.size, 10)
	}
	return decimal(float64(bytes) / float64(u.size))
}

// decimal has one decimal below 100 and none above; zero has none.
func decimal(v float64) string {
	digits := 1
	if v == 0 || math.Round(v*10) >= 1000 {
		digits = 0
	}
	return strings.Replace(strconv.FormatFloat(v, 'f', digits, 64), ".", decimalSign(), 1)
}

// decimalSign is the language's sign between units and tenths.
var decimalSign = sync.OnceValue(func() string {
	tag, err := language.Parse(lang.SystemLocale().LanguageString())
	if err != nil {
		tag = language.English
	}
	return strings.Trim(message.NewPrinter(tag).Sprintf("%.1f", 0.5), "05")
})
