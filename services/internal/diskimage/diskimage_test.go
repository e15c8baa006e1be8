package diskimage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

const diskSize = 3 << 20

// qemuImg makes an image of diskSize and returns its path.
func qemuImg(t testing.TB, format string, options ...string) string {
	t.Helper()
	program, err := exec.LookPath("qemu-img")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	path := filepath.Join(t.TempDir(), "disk."+format)
	args := append([]string{"create", "-q", "-f", format}, options...)
	if said, err := exec.Command(program, append(args, path, "3M")...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return path
}

func inspect(t testing.TB, path string) (Info, error) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Inspect(bytes.NewReader(content), int64(len(content)))
}

func TestImagesOfEachFormatAreRecognised(t *testing.T) {
	for name, c := range map[string]struct {
		format  string
		options []string
		want    Info
	}{
		"raw":           {"raw", nil, Info{Format: Raw, Size: diskSize}},
		"qcow2":         {"qcow2", nil, Info{Format: QCOW2, Size: diskSize}},
		"qcow2 0.10":    {"qcow2", []string{"-o", "compat=0.10"}, Info{Format: QCOW2, Size: diskSize}},
		"vdi":           {"vdi", nil, Info{Format: VDI, Size: diskSize}},
		"vdi static":    {"vdi", []string{"-o", "static=on"}, Info{Format: VDI, Size: diskSize}},
		"vhdx":          {"vhdx", nil, Info{Format: VHDX}},
		"vmdk":          {"vmdk", nil, Info{Format: VMDK, Size: diskSize}},
		"vmdk streamed": {"vmdk", []string{"-o", "subformat=streamOptimized"}, Info{Format: VMDK, Size: diskSize}},
		"vmdk flat":     {"vmdk", []string{"-o", "subformat=monolithicFlat"}, Info{Format: VMDK, Size: diskSize, Parts: []string{"disk-flat.vmdk"}}},
		"vmdk split":    {"vmdk", []string{"-o", "subformat=twoGbMaxExtentSparse"}, Info{Format: VMDK, Size: diskSize, Parts: []string{"disk-s001.vmdk"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := inspect(t, qemuImg(t, c.format, c.options...))
			if err != nil || got.Format != c.want.Format || got.Size != c.want.Size || !slices.Equal(got.Parts, c.want.Parts) {
				t.Errorf("got %+v, %v, want %+v", got, err, c.want)
			}
		})
	}
}

func TestImagesThatNameOtherFilesAreRefused(t *testing.T) {
	base := qemuImg(t, "raw")
	overlay := qemuImg(t, "qcow2", "-b", base, "-F", "raw")
	elsewhere := qemuImg(t, "qcow2", "-o", "data_file="+filepath.Join(t.TempDir(), "data"))
	part := filepath.Join(filepath.Dir(qemuImg(t, "vmdk", "-o", "subformat=twoGbMaxExtentSparse")), "disk-s001.vmdk")
	for _, path := range []string{overlay, elsewhere, part} {
		if got, err := inspect(t, path); !errors.Is(err, virt.ErrUnsupported) {
			t.Errorf("%s: got %+v, %v", path, got, err)
		}
	}
	const head = vmdkDescriptor + "\nversion=1\nCID=12345678\nparentCID=ffffffff\n"
	for name, want := range map[string]error{
		"/etc/shadow": virt.ErrForbidden, "../secret": virt.ErrForbidden, "nbd:host:1": virt.ErrForbidden, "..": virt.ErrForbidden,
		"": virt.ErrForbidden, `json:{"driver"}`: virt.ErrForbidden, "disk two.vmdk": nil,
	} {
		text := head + `RW 6144 FLAT "` + name + "\" 0\n"
		if _, err := Inspect(bytes.NewReader([]byte(text)), int64(len(text))); !errors.Is(err, want) {
			t.Errorf("a part named %q: got %v, want %v", name, err, want)
		}
	}
	delta := vmdkDescriptor + "\nparentCID=00000001\nRW 6144 SPARSE \"a.vmdk\"\n"
	if _, err := Inspect(bytes.NewReader([]byte(delta)), int64(len(delta))); !errors.Is(err, virt.ErrUnsupported) {
		t.Errorf("a difference: %v", err)
	}
}

func TestASparseImageMayNotHideOtherFilesInItsDescriptor(t *testing.T) {
	path := qemuImg(t, "vmdk")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(content, []byte(`SPARSE "`))
	if at < 0 {
		t.Fatal("no extent in the descriptor that qemu-img wrote")
	}
	copy(content[at:], "FLAT \"/etc/passwd\"\n")
	if got, err := Inspect(bytes.NewReader(content), int64(len(content))); !errors.Is(err, virt.ErrForbidden) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestOtherAndBrokenFormatsAreNamed(t *testing.T) {
	bad := func(change func(h []byte)) []byte {
		h := make([]byte, 1024)
		change(h)
		return h
	}
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"qcow 1":       {bad(func(h []byte) { copy(h, "QFI\xfb\x00\x00\x00\x01") }), virt.ErrUnsupported},
		"qcow 9":       {bad(func(h []byte) { copy(h, "QFI\xfb\x00\x00\x00\x09") }), virt.ErrInvalid},
		"VHD":          {bad(func(h []byte) { copy(h, "conectix") }), virt.ErrUnsupported},
		"ESX":          {bad(func(h []byte) { copy(h, "COWD") }), virt.ErrUnsupported},
		"VDI of 7":     {bad(func(h []byte) { binary.LittleEndian.PutUint32(h[0x40:], vdiSignature); h[0x4c] = 7 }), virt.ErrInvalid},
		"VDI snapshot": {bad(func(h []byte) { binary.LittleEndian.PutUint32(h[0x40:], vdiSignature); h[0x4c] = 4 }), virt.ErrUnsupported},
		"no extents":   {[]byte(vmdkDescriptor + "\n"), virt.ErrInvalid},
		"cut extent":   {[]byte(vmdkDescriptor + "\nRW 12\n"), virt.ErrInvalid},
		"huge text":    {append([]byte(vmdkDescriptor), make([]byte, mostDescriptor)...), virt.ErrInvalid},
		"far text":     {bad(func(h []byte) { copy(h, "KDMV"); h[34] = 1 }), virt.ErrInvalid},
	} {
		if got, err := Inspect(bytes.NewReader(c.content), int64(len(c.content))); !errors.Is(err, c.want) {
			t.Errorf("%s: got %+v, %v, want %v", name, got, err, c.want)
		}
	}
	if got, err := Inspect(bytes.NewReader(nil), 0); err != nil || got.Format != Raw || got.Size != 0 {
		t.Errorf("nothing: %+v, %v", got, err)
	}
}

func TestFormatsAreKnownByTheirNames(t *testing.T) {
	for name, native := range map[string]bool{"raw": true, "qcow2": true, "vmdk": false, "vdi": false, "vhdx": false} {
		if f, err := Parse(name); err != nil || f.Native() != native {
			t.Errorf("%s: %v, native %v", name, err, f.Native())
		}
	}
	if _, err := Parse("qed"); !errors.Is(err, virt.ErrInvalid) {
		t.Errorf("qed: %v", err)
	}
}

func FuzzInspect(f *testing.F) {
	for _, format := range []string{"qcow2", "vmdk", "vdi"} {
		content, err := os.ReadFile(qemuImg(f, format))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content[:min(len(content), 2048)])
	}
	f.Add([]byte(vmdkDescriptor + "\nRW 6144 FLAT \"disk-flat.vmdk\" 0\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		info, err := Inspect(bytes.NewReader(content), int64(len(content)))
		if err != nil && info.Format != "" {
			t.Errorf("an error and %+v", info)
		}
		for _, name := range info.Parts {
			if filepath.Base(name) != name {
				t.Errorf("%q lies elsewhere", name)
			}
		}
	})
}

func TestAnOverlayNamesTheImageItBuildsOn(t *testing.T) {
	base := qemuImg(t, "qcow2")
	overlay := filepath.Join(t.TempDir(), "overlay.qcow2")
	if out, err := exec.Command("qemu-img", "create", "-f", "qcow2", "-F", "qcow2", "-b", base, overlay).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for path, want := range map[string]string{overlay: base, base: "", qemuImg(t, "vdi"): "", os.DevNull: ""} {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Backing(f)
		if got != want || err != nil {
			t.Errorf("%s builds on %q, %v; want %q", path, got, err, want)
		}
		_ = f.Close()
	}
}

func FuzzBacking(f *testing.F) {
	f.Add([]byte("QFI\xfb\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x04base"))
	f.Add([]byte("QFI\xfb\x00\x00\x00\x03\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x04base"))
	f.Fuzz(func(t *testing.T, content []byte) {
		name, err := Backing(bytes.NewReader(content))
		if err != nil && name != "" || len(name) > 1023 || !bytes.Contains(content, []byte(name)) {
			t.Errorf("%q, %v", name, err)
		}
	})
}
