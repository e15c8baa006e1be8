package virt

import (
	"errors"
	"testing"
)

func TestParseSizeReadsNumbersWithUnits(t *testing.T) {
	for text, want := range map[string]uint64{
		"1B": 1, "1KiB": 1024, "1K": 1024, "1k": 1024, "1KB": 1000, "2GiB": 2 << 30, "2 GiB": 2 << 30, "1.5G": 3 << 29,
		"500MB": 500e6, "0.5TiB": 1 << 39, " 7MiB ": 7 << 20, "0GiB": 0,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestParseSizeRefusesWhatIsNotASize(t *testing.T) {
	for _, text := range []string{"", "GiB", "1", "1024", "-1GiB", "1e3MiB", "0x10MiB", "1GiBs", "infGiB", "nanGiB", "9999999999TiB", "1_0MiB", "1,5GiB"} {
		got, err := ParseSize(text)
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("ParseSize(%q) = %d, %v; want %v", text, got, err, ErrInvalid)
		}
	}
}

func TestParseSizeSaysThatAUnitIsMissing(t *testing.T) {
	_, err := ParseSize("20")
	if HintOf(err) == "" {
		t.Errorf("the error %q tells no remedy", err)
	}
}

func FuzzParseSize(f *testing.F) {
	for _, seed := range []string{"1GiB", "20", "1.5T", "-3K"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := ParseSize(text); err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("ParseSize(%q): %v is not of kind invalid", text, err)
		}
	})
}
