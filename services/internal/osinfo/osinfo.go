// Package osinfo knows operating systems: what they are called, which media they
// are installed from, and what a machine for them shall have. Its knowledge is
// assets/osinfo.json, made of osinfo-db (https://libosinfo.org).
package osinfo

//go:generate go run ./cmd/osinfogen ../../../assets/osinfo.json

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kvmmanager/kvm-manager/assets"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Parse reads a File.
func Parse(text []byte) (File, error) {
	var f File
	if err := json.Unmarshal(text, &f); err != nil {
		return f, fmt.Errorf("read the operating systems: %w", err)
	}
	return f, nil
}

// load reads the systems that travel inside the program, once.
var load = sync.OnceValue(func() []System {
	f, err := Parse(assets.OSInfo())
	if err != nil {
		panic(err) // embedded at build time and tested
	}
	return f.Systems
})

// Find returns the OS of a short id. One that is not known, but whose number is
// past those of a distribution that is, as debian99 is past debian12, gets what
// is known of the newest. Anything else is virt.ErrInvalid.
func Find(id string) (virt.OS, error) {
	if s, ok := lookUp(id); ok {
		return s.OS(), nil
	}
	systems := load()
	for _, s := range systems {
		if s.ID == id || slices.Contains(s.Aliases, id) {
			return s.OS(), nil
		}
	}
	if s, ok := predecessor(systems, id); ok {
		o := s.OS()
		o.ID, o.URI, o.Name, o.Version, o.Released, o.EndOfLife = id, "", s.Name+" or newer", "", "", ""
		return o, nil
	}
	return virt.OS{}, virt.Errorf(virt.KindInvalid, "no operating system %q is known", id).
		WithHint("Find its name with: kvm-cli os list --search WORD")
}

// lookUp reads the one system of that short id, which has a line of its own: all
// of them take milliseconds, which a command that makes a machine need not wait.
func lookUp(id string) (System, bool) {
	_, rest, found := bytes.Cut(assets.OSInfo(), []byte("\n{\"id\":\""+id+"\","))
	if !found || strings.ContainsAny(id, "\"\\\n") {
		return System{}, false
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	var s System
	err := json.Unmarshal(append([]byte("{"), bytes.TrimSuffix(line, []byte(","))...), &s)
	s.ID = id
	return s, err == nil
}

// predecessor returns the newest system whose short id is the same word as id's
// with a lower number, when id is past all of them.
func predecessor(systems []System, id string) (System, bool) {
	word, number := splitNumber(id)
	if word == "" || len(number) == 0 {
		return System{}, false
	}
	var newest System
	var most []int
	for _, s := range systems {
		w, n := splitNumber(s.ID)
		if w == word && len(n) > 0 && slices.Compare(n, most) > 0 {
			newest, most = s, n
		}
	}
	return newest, len(most) > 0 && slices.Compare(number, most) > 0
}

// splitNumber cuts a short id such as ubuntu24.04 into its word and its version.
func splitNumber(id string) (word string, version []int) {
	i := strings.IndexAny(id, "0123456789")
	if i < 0 {
		return id, nil
	}
	for part := range strings.SplitSeq(id[i:], ".") {
		n := 0
		for _, c := range part {
			if c < '0' || c > '9' || n > 1e6 {
				return id, nil
			}
			n = 10*n + int(c-'0')
		}
		version = append(version, n)
	}
	return id[:i], version
}

// Spec fills in what the spec leaves open and the OS has an opinion on: memory,
// processors and the size of new disks that have none.
func Spec(o virt.OS, spec virt.VMSpec) virt.VMSpec {
	spec.Memory = cmp.Or(spec.Memory, o.Recommended.Memory, 2*o.Minimum.Memory)
	spec.VCPUs = cmp.Or(spec.VCPUs, o.Recommended.VCPUs, o.Minimum.VCPUs)
	if size := DiskSize(o); size > 0 && len(spec.Disks) == 0 && !spec.NoDisk && spec.Import == "" && !spec.Try {
		spec.Disks = []virt.DiskSpec{{Size: size}}
	}
	return spec
}

// DiskSize is how large the OS wants its disk; 0 when nothing is known.
func DiskSize(o virt.OS) uint64 { return cmp.Or(o.Recommended.Disk, 2*o.Minimum.Disk) }
