package parts

import (
	"math"
	"strconv"
	"time"

	"fyne.io/fyne/v2/lang"
)

// When writes a moment as short as its age allows: "Today 06:41", "Yesterday
// 18:20", "21 Nov 18:20", with the year only in another one.
func When(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	words := map[string]any{"Time": t.Format("15:04"), "Day": t.Format("2 Jan"), "Year": t.Year()}
	switch {
	case sameDay(t, now):
		return lang.L("Today {{.Time}}", words)
	case sameDay(t, now.AddDate(0, 0, -1)):
		return lang.L("Yesterday {{.Time}}", words)
	case t.Year() == now.Year():
		return lang.L("{{.Day}} {{.Time}}", words)
	default:
		return lang.L("{{.Day}} {{.Year}} {{.Time}}", words)
	}
}

// FullTime writes a moment with seconds and zone.
func FullTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05 MST") }

func sameDay(a, b time.Time) bool { return a.Year() == b.Year() && a.YearDay() == b.YearDay() }

// Duration writes how long something took in its two largest units: "6 d 4 h",
// "4 min 3 s", "0.4 s", "12 ms".
func Duration(d time.Duration) string {
	switch {
	case d < 100*time.Millisecond:
		return strconv.FormatInt(max(0, d.Milliseconds()), 10) + space + "ms"
	case d < 10*time.Second:
		return decimal(d.Seconds()) + space + "s"
	}
	seconds := int(math.Round(d.Seconds()))
	units := []struct {
		size int
		name string
	}{{24 * 3600, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}
	for i, u := range units {
		if seconds < u.size {
			continue
		}
		text := strconv.Itoa(seconds/u.size) + space + u.name
		if i+1 < len(units) {
			if rest := seconds % u.size / units[i+1].size; rest > 0 {
				text += " " + strconv.Itoa(rest) + space + units[i+1].name
			}
		}
		return text
	}
	return "0" + space + "s"
}
