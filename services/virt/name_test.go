package virt

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckNameTakesNamesOfManyKinds(t *testing.T) {
	for _, name := range []string{"web", "web 2", "Größe", "虚拟机", "a.b_c-d", strings.Repeat("x", 200), "…", "'\"$(rm)"} {
		if err := CheckName(name); err != nil {
			t.Errorf("CheckName(%q) = %v", name, err)
		}
	}
}

func TestCheckNameRefusesWhatLibvirtOrShellsStumbleOver(t *testing.T) {
	for _, name := range []string{
		"", " ", "\t", "-web", "a/b", ".", "..", "a\nb", "a\x00b", "a\u202eb", "a\u2066b", "a\u200fb", "a\u2028b",
		strings.Repeat("x", 201), strings.Repeat("ü", 101), " a", "a ", "a\xffb",
	} {
		if err := CheckName(name); !errors.Is(err, ErrInvalid) {
			t.Errorf("CheckName(%q) = %v; want %v", name, err, ErrInvalid)
		}
	}
}
