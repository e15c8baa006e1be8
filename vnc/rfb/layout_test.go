package rfb_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

func TestCombinationsAreReadAndWritten(t *testing.T) {
	for text, want := range map[string]string{
		"ctrl + alt+DEL": "Ctrl+Alt+Delete", "Win+l": "Super+L", "Ctrl+Alt+F2": "Ctrl+Alt+F2", "alt+sysrq+b": "Alt+PrintScreen+B",
		"F13": "F13", "AltGr+1": "AltGr+1", "Shift+Minus": "Shift+Minus",
	} {
		keys, err := rfb.ParseCombination(text)
		if got := rfb.Combination(keys); err != nil || got != want {
			t.Errorf("%q is read as %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "Ctrl+", "Ctrl+Ctrl+A", "Hyper+A", "A+B+C+D+E+F+G", "+"} {
		if keys, err := rfb.ParseCombination(text); err == nil {
			t.Errorf("%q is read as %v", text, keys)
		}
	}
}

func TestEveryKeyThatHasANameIsReadByIt(t *testing.T) {
	for key := rfb.KeyCode(1); key < 256; key++ {
		name := key.String()
		if strings.HasPrefix(name, "Key") {
			continue
		}
		if got, err := rfb.ParseCombination(name); err == nil && !slices.Equal(got, []rfb.KeyCode{key}) {
			t.Errorf("%q of %d is read as %d", name, int(key), got)
		}
	}
}

// strokes writes what is pressed, such as "Shift+A E".
func strokes(typed []rfb.Typed) string {
	var all []string
	for _, typed := range typed {
		for _, s := range typed.Strokes {
			all = append(all, rfb.Combination(append(slices.Clone(s.Hold), s.Key)))
		}
	}
	return strings.Join(all, " ")
}

func TestATextIsTypedByTheKeysOfTheLayout(t *testing.T) {
	const besideShift = "Less"
	for _, c := range []struct{ layout, text, want string }{
		{"us", "aB1!", "A Shift+B 1 Shift+1"},
		{"us", "a\r\nb\nc\rd", "A Enter B Enter C Enter D"},
		{"us", "|\\\t ", "Shift+Backslash Backslash Tab Space"},
		{"gb", "£#@", "Shift+3 Backslash Shift+Apostrophe"},
		{"de", "yZ@{|", "Z Shift+Y AltGr+Q AltGr+7 AltGr+" + besideShift},
		{"de", "é^`", "Equal E Grave Space Shift+Equal Space"},
		{"de", "äÖß~", "Apostrophe Shift+Semicolon Minus AltGr+RightBracket"},
		{"fr", "aé1", "Q 2 Shift+1"},
		{"fr", "êÏ@", "LeftBracket E Shift+LeftBracket Shift+I AltGr+0"},
	} {
		typed, missing := rfb.LayoutOf(c.layout).Type(c.text)
		if got := strokes(typed); got != c.want || len(missing) > 0 {
			t.Errorf("%s %q: %q, without %q; want %q", c.layout, c.text, got, missing, c.want)
		}
	}
}

func TestWhatNoKeyMakesIsNamedOnceAndTheRestIsTyped(t *testing.T) {
	typed, missing := rfb.LayoutOf("us").Type("a→é→b")
	if string(missing) != "é→" || strokes(typed) != "A B" {
		t.Errorf("%q are missing, %q is typed", missing, strokes(typed))
	}
}

func TestEveryLayoutHasTheCharactersOfASCII(t *testing.T) {
	var ascii strings.Builder
	for r := ' '; r <= '~'; r++ {
		ascii.WriteRune(r)
	}
	for _, l := range rfb.Layouts {
		if _, missing := l.Type(ascii.String()); len(missing) > 0 {
			t.Errorf("%s lacks %q", l.ID, missing)
		}
	}
}
