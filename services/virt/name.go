package virt

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxNameBytes is how long a name of ours may be: libvirt makes file and socket
// names of it, with prefixes and suffixes that must still fit in 255 bytes.
const MaxNameBytes = 200

// CheckName refuses names that we would not give to a new thing. Foreign things
// that bear such names are worked with all the same.
func CheckName(name string) error {
	reason := nameProblem(name)
	if reason == "" {
		return nil
	}
	return Errorf(KindInvalid, "the name %q %s", shorten(name), reason).WithHint("Choose another name.")
}

func nameProblem(name string) string {
	switch {
	case strings.TrimSpace(name) == "":
		return "is blank"
	case len(name) > MaxNameBytes:
		return "is longer than 200 bytes"
	case !utf8.ValidString(name):
		return "is not valid UTF-8"
	case strings.HasPrefix(name, "-"):
		return "begins with a hyphen, which reads as an option"
	case name == "." || name == "..":
		return "means a directory"
	case strings.Contains(name, "/"):
		return "contains a slash"
	case name != strings.TrimSpace(name):
		return "begins or ends with a blank"
	}
	for _, r := range name {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return "contains a control or direction character"
		}
	}
	return ""
}

func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
