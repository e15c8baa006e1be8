package virt

import (
	"math"
	"strconv"
	"strings"
)

var units = []struct {
	suffix string
	factor float64
}{
	{"KIB", 1 << 10}, {"MIB", 1 << 20}, {"GIB", 1 << 30}, {"TIB", 1 << 40},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12},
	{"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"T", 1 << 40},
	{"B", 1},
}

// ParseSize reads a size such as 2GiB, 1.5G, 500MB or 1024B and returns bytes.
// K, M, G and T are binary. A size without a unit is refused, because nobody
// agrees on what it would mean.
func ParseSize(text string) (uint64, error) {
	s := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(text), " ", ""))
	for _, u := range units {
		number, found := strings.CutSuffix(s, u.suffix)
		if !found {
			continue
		}
		value, err := strconv.ParseFloat(number, 64)
		if err != nil || math.IsNaN(value) || value < 0 || strings.ContainsAny(number, "EXPINF_") {
			break
		}
		bytes := value * u.factor
		if bytes >= 1<<63 {
			return 0, Errorf(KindInvalid, "size %q is too large", text)
		}
		return uint64(math.Round(bytes)), nil
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return 0, Errorf(KindInvalid, "size %q has no unit", text).WithHint("Write a unit, for example " + text + "MiB or " + text + "GiB.")
	}
	return 0, Errorf(KindInvalid, "%q is not a size", text).WithHint("Write a number and a unit, for example 2GiB or 500MB.")
}
