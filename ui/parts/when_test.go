package parts

import (
	"strings"
	"testing"
	"time"
)

func TestMomentsAreAsShortAsTheirAgeAllows(t *testing.T) {
	now := time.Date(2026, 1, 2, 9, 0, 0, 0, time.Local)
	for at, want := range map[time.Time]string{
		now.Add(-time.Minute):    "Today 08:59",
		now.Add(-10 * time.Hour): "Yesterday 23:00",
		now.AddDate(0, 0, -2):    "31 Dec 2025 09:00",
		time.Date(2026, 1, 1, 1, 2, 0, 0, time.Local).AddDate(0, 0, -30): "2 Dec 2025 01:02",
	} {
		if got := When(at, now); got != want {
			t.Errorf("%v is %q, want %q", at, got, want)
		}
	}
	if got := When(time.Date(2026, 3, 5, 9, 0, 0, 0, time.Local), now.AddDate(0, 6, 0)); got != "5 Mar 09:00" {
		t.Errorf("a moment of this year is %q", got)
	}
}

func TestDurationsHaveTheirTwoLargestUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 12 * time.Millisecond: "12 ms", 400 * time.Millisecond: "0.4 s", 9900 * time.Millisecond: "9.9 s",
		12 * time.Second: "12 s", 60 * time.Second: "1 min", 243 * time.Second: "4 min 3 s", 3 * time.Hour: "3 h",
		148*time.Hour + 30*time.Minute: "6 d 4 h", 59700 * time.Millisecond: "1 min",
	} {
		if got := strings.ReplaceAll(Duration(d), space, " "); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
