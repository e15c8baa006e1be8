package osinfo

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/assets"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

var now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func find(t *testing.T, id string) virt.OS {
	t.Helper()
	o, err := Find(id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestEverySystemIsWellFormed(t *testing.T) {
	f, err := Parse(assets.OSInfo())
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^osinfo-db \d{8}$`).MatchString(f.Source) || len(f.Systems) < 700 {
		t.Fatalf("the file is of %q and has %d systems", f.Source, len(f.Systems))
	}
	seen := map[string]bool{}
	for _, s := range f.Systems {
		if s.ID == "" || s.Name == "" || s.URI == "" || seen[s.ID] {
			t.Errorf("id %q, name %q and URI %q: one is empty or was there before", s.ID, s.Name, s.URI)
		}
		seen[s.ID] = true
		for _, date := range []string{s.Released, s.EndOfLife} {
			if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
				t.Errorf("%s: %v", s.ID, err)
			}
		}
		for _, m := range s.Media {
			if !m.Compiles() {
				t.Errorf("%s: a pattern of %+v does not compile", s.ID, m)
			}
		}
	}
}

func TestWhatAnOSNeedsIsKnown(t *testing.T) {
	w11, w10, debian, freebsd, xp := find(t, "win11"), find(t, "win10"), find(t, "debian11"), find(t, "freebsd13.1"), find(t, "winxp")
	if w11.Firmware != virt.FirmwareSecureBoot || !w11.TPM || !w11.Windows() {
		t.Errorf("Windows 11 got firmware %q, TPM %v, family %s", w11.Firmware, w11.TPM, w11.Family)
	}
	if w10.Firmware != virt.FirmwareAny || w10.TPM {
		t.Errorf("Windows 10 got firmware %q, TPM %v", w10.Firmware, w10.TPM)
	}
	for _, c := range []struct {
		os     virt.OS
		device virt.OSDevice
		drives bool
	}{
		{w11, virt.VirtioDisk, false},
		{w11, virt.NetE1000e, true},
		{w11, virt.ChipsetQ35, true}, // from Windows 7, by way of 10, 8.1 and 8
		{debian, virt.VirtioDisk, true},
		{debian, virt.VirtioGPU, true},
		{freebsd, virt.VirtioNet, true},
		{freebsd, virt.ChipsetQ35, false},
		{xp, virt.ChipsetQ35, false},
		{virt.OS{}, virt.VirtioDisk, true}, // nobody knows: a new one
	} {
		if got := c.os.Drives(c.device); got != c.drives {
			t.Errorf("%s drives %s: got %v", c.os.ID, c.device, got)
		}
	}
}

func TestFindKnowsAliasesAndTheReleasesToCome(t *testing.T) {
	if o := find(t, "debianbullseye"); o.ID != "debian11" {
		t.Errorf("debianbullseye is %s", o.ID)
	}
	newest := find(t, "debian99")
	if newest.ID != "debian99" || newest.EndOfLife != "" || !newest.Drives(virt.VirtioGPU) || newest.Drives(virt.NetRTL8139) {
		t.Errorf("debian99 is %+v", newest)
	}
	if o := find(t, "ubuntu99.04"); o.Recommended.Memory < 2<<30 {
		t.Errorf("ubuntu99.04 wants %d bytes of memory", o.Recommended.Memory)
	}
	for _, bad := range []string{"", "plan9000x", "debian0", "win", "ubuntu17.05", "9", "debian" + "99999999999999999999"} {
		if o, err := Find(bad); !errors.Is(err, virt.ErrInvalid) {
			t.Errorf("%q: got %s, %v", bad, o.ID, err)
		}
	}
}

func TestASystemIsReadAloneAsWithAllOthers(t *testing.T) {
	for _, want := range load() {
		if got, ok := lookUp(want.ID); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s alone is %+v, %v; with all others %+v", want.ID, got, ok, want)
		}
	}
	for _, id := range []string{"", "debian", `debian11","uri":"http://debian.org/debian/11`, "debian11\n"} {
		if s, ok := lookUp(id); ok {
			t.Errorf("%q is %+v", id, s)
		}
	}
}

func TestSpecFollowsTheRecommendationOrTwiceTheMinimum(t *testing.T) {
	s := Spec(find(t, "win11"), virt.VMSpec{Name: "w"})
	if s.Memory != 8<<30 || s.VCPUs != 2 || len(s.Disks) != 1 || s.Disks[0].Size != 128<<30 {
		t.Errorf("Windows 11 got %+v", s)
	}
	s = Spec(find(t, "debian11"), virt.VMSpec{Name: "d", Memory: 3 << 30, NoDisk: true})
	if s.Memory != 3<<30 || len(s.Disks) != 0 {
		t.Errorf("what was asked for became %+v", s)
	}
	if s = Spec(virt.OS{}, virt.VMSpec{Name: "n"}); s.Memory != 0 || s.VCPUs != 0 || len(s.Disks) != 0 {
		t.Errorf("nothing known became %+v", s)
	}
}

func TestMediaAreRecognisedByTheirLabels(t *testing.T) {
	for _, c := range []struct {
		labels Labels
		id     string
		arch   string
		exact  bool
	}{
		{Labels{Volume: "Debian 11.5.0 amd64 n"}, "debian11", "x86_64", true},
		{Labels{Volume: "Fedora-S-dvd-x86_64-37", System: "LINUX"}, "fedora37", "x86_64", true},
		{Labels{Volume: "Ubuntu-Server 22.04.1 LTS amd64"}, "ubuntu22.04", "x86_64", true},
		{Labels{Volume: "CCCOMA_X64FRE_EN-US_DV9", Publisher: "MICROSOFT CORPORATION"}, "win11", "x86_64", true},
		{Labels{Volume: "13_1_RELEASE_AMD64_CD", System: "FreeBSD"}, "freebsd13.1", "x86_64", true},
		{Labels{Volume: "Debian 43.1.0 amd64 n"}, "debian11", "x86_64", false},
		{Labels{Volume: "Ubuntu-Server 64.04 LTS arm64"}, "ubuntu22.04", "aarch64", false},
		{Labels{Volume: "24_1_RELEASE_AMD64_CD", System: "FreeBSD"}, "freebsd13.1", "x86_64", false},
	} {
		m, ok := Detect(c.labels)
		if !ok || m.OS.ID != c.id || m.Arch != c.arch || m.Exact != c.exact {
			t.Errorf("%+v: got %q for %q, exact %v", c.labels, m.OS.ID, m.Arch, m.Exact)
		}
	}
	for _, l := range []Labels{{}, {Volume: "MY_BACKUP"}, {Volume: "cidata", System: "LINUX"}} {
		if m, ok := Detect(l); ok {
			t.Errorf("%+v is taken for %s", l, m.OS.ID)
		}
	}
}

func TestSearchFindsByWordsAndHidesWhatHasEnded(t *testing.T) {
	for words, first := range map[string]string{
		"windows 11": "win11", "win11": "win11", "debian 11": "debian11", "fdra 37": "fedora37",
		"jammy": "ubuntu22.04", "Server 2022": "win2k22",
	} {
		if found := Search(Query{Words: words, Old: true, Now: now}); len(found) == 0 || found[0].ID != first {
			t.Errorf("%q finds %v first, want %s", words, ids(found), first)
		}
	}
	if found := Search(Query{Words: "windows xp", Now: now}); len(found) != 0 {
		t.Errorf("an OS without updates is shown: %v", ids(found))
	}
	if found := Search(Query{Words: "no such thing", Old: true, Now: now}); len(found) != 0 {
		t.Errorf("nonsense finds %v", ids(found))
	}
	all, kept := Search(Query{Old: true, Now: now}), Search(Query{Now: now})
	if len(all) < 700 || len(kept) < 50 || len(kept) >= len(all) {
		t.Errorf("%d systems, %d of them get updates", len(all), len(kept))
	}
	if !slices.Contains(ids(kept), "archlinux") {
		t.Error("a rolling distribution counts as ended")
	}
}

func ids(list []virt.OS) []string {
	var names []string
	for _, o := range list {
		names = append(names, o.ID)
	}
	return names
}

func BenchmarkDetectOfAnUnknownMedium(b *testing.B) {
	load()
	for b.Loop() {
		Detect(Labels{Volume: "MY_BACKUP"})
	}
}
