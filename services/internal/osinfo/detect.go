package osinfo

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Labels are what an installation medium says of itself in the primary volume
// descriptor of ISO 9660.
type Labels struct {
	Volume      string
	System      string
	Publisher   string
	Application string
	Size        uint64 // of the volume, bytes
}

// A Match is the OS that a medium was recognised as.
type Match struct {
	OS    virt.OS
	Arch  string // libvirt's name; empty when the medium does not say
	Exact bool   // false: a release that is newer than all that are known of it
}

// Detect recognises an installation medium. When no medium is known by such
// labels, its numbers are passed over, so that a release that nobody knew when
// osinfo.json was made is taken for the newest known of its kind.
func Detect(l Labels) (Match, bool) {
	if m, ok := detect(l, func(pattern string) string { return pattern }); ok {
		m.Exact = true
		return m, true
	}
	l.Size = 0
	m, ok := detect(l, anyNumber)
	m.OS.Name += " or newer"
	return m, ok
}

// detect returns the best of all media that match: the one that asks for most,
// then the one of the latest release.
func detect(l Labels, relax func(pattern string) string) (Match, bool) {
	var found System
	var best Media
	hit := false
	for _, s := range load() {
		for _, m := range s.Media {
			if (!hit || better(s, m, found, best)) && m.matches(l, relax) {
				found, best, hit = s, m, true
			}
		}
	}
	return Match{OS: found.OS(), Arch: best.arch()}, hit
}

func better(s System, m Media, than System, best Media) bool {
	return cmp.Or(
		cmp.Compare(m.demands(), best.demands()),
		cmp.Compare(s.Released, than.Released),
		cmp.Compare(len(m.Volume), len(best.Volume)),
	) > 0
}

// demands counts what the medium asks for, the size apart, which is worth most.
func (m Media) demands() int {
	n := 0
	for _, pattern := range m.patterns() {
		if pattern != "" {
			n++
		}
	}
	if m.Size > 0 {
		n += texts
	}
	return n
}

// texts is how many texts of a medium are looked at.
const texts = 4

func (m Media) patterns() [texts]string {
	return [4]string{m.Volume, m.System, m.Publisher, m.Application}
}

// Compiles reports whether all patterns are regular expressions of Go.
func (m Media) Compiles() bool {
	for _, pattern := range m.patterns() {
		if _, err := regexp.Compile(pattern); err != nil {
			return false
		}
	}
	return true
}

func (m Media) matches(l Labels, relax func(string) string) bool {
	if m.Size > 0 && l.Size > 0 && m.Size != l.Size {
		return false
	}
	for i, text := range [texts]string{l.Volume, l.System, l.Publisher, l.Application} {
		pattern := m.patterns()[i]
		if pattern == "" {
			continue
		}
		re, err := regexp.Compile(relax(pattern))
		if err != nil || !re.MatchString(text) {
			return false
		}
	}
	return true
}

func (m Media) arch() string {
	if m.Arch == "all" {
		return ""
	}
	return m.Arch
}

var escapes = regexp.MustCompile(`\\.|\[[^\]]*\]|\{[^}]*\}|[0-9]+`)

// anyNumber makes each number of a pattern stand for any number: "Debian 11.\d+"
// becomes "Debian \d+.\d+". Classes, counts and escapes are left alone, and so
// are names of architectures.
func anyNumber(pattern string) string {
	for _, arch := range []string{"x86_64", "i386", "i686", "amd64", "arm64", "aarch64", "ppc64", "p64el", "s390x", "X64", "X86"} {
		if strings.Contains(pattern, arch) {
			before, after, _ := strings.Cut(pattern, arch)
			return anyNumber(before) + arch + anyNumber(after)
		}
	}
	return escapes.ReplaceAllStringFunc(pattern, func(s string) string {
		if s[0] >= '0' && s[0] <= '9' {
			return `\d+`
		}
		return s
	})
}
