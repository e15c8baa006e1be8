package parts

import (
	"testing"
	"time"
)

func TestSizesHaveBinaryUnitsAndOneDecimalBelowHundred(t *testing.T) {
	for bytes, want := range map[uint64]string{
		0:                 "0" + space + "GiB",
		512:               "512" + space + "B",
		64 << 20:          "64" + space + "MiB",
		8 << 30:           "8" + space + "GiB",
		61 << 30 / 10:     "6.1" + space + "GiB",
		1536 << 30:        "1.5" + space + "TiB",
		200<<30 + 5<<20:   "200" + space + "GiB",
		99<<30 + 1023<<20: "100" + space + "GiB",
	} {
		if got := Size(bytes); got != want {
			t.Errorf("Size(%d) is %q, want %q", bytes, got, want)
		}
	}
}

func TestAShareIsWrittenInTheUnitOfTheWhole(t *testing.T) {
	if got, want := SizeOf(410<<20, 1<<30), "0.4 of 1"+space+"GiB"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRatesAreNumberAndUnit(t *testing.T) {
	rows := []struct {
		name       string
		write      func(float64) (string, string)
		bytes      float64
		number, in string
	}{
		{"a busy disk", DiskRate, 8.2e6, "8.2", "MB/s"},
		{"a slow disk", DiskRate, 4e3, "4.0", "kB/s"},
		{"an idle disk", DiskRate, 0, "0", "MB/s"},
		{"a busy card", NetRate, 24.6e6 / 8, "24.6", "Mbit/s"},
		{"a fast card", NetRate, 2e9 / 8, "2.0", "Gbit/s"},
	}
	for _, row := range rows {
		if number, unit := row.write(row.bytes); number != row.number || unit != row.in {
			t.Errorf("%s: got %s %s, want %s %s", row.name, number, unit, row.number, row.in)
		}
	}
}

func TestPercentAndSecondsAreWhole(t *testing.T) {
	if got, want := Percent(41.4), "41"+space+"%"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Seconds(11200*time.Millisecond), "12"+space+"s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
