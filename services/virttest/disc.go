package virttest

import (
	"embed"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

//go:embed testdata/*.S
var systems embed.FS

// Running is what the systems of BootSector and Disc say on the first serial
// port of the machine whose disk they started from, again and again.
const Running = "RUNNING FROM DISK"

// A Firmware is what a disc can be started by.
type Firmware int

// The kinds of firmware; BIOS+UEFI is both.
const (
	BIOS Firmware = 1 << iota
	UEFI
)

// Disc makes an ISO image at path with the volume label. A machine that starts
// from it by that firmware installs a system on its first disk and restarts.
// Where a program is missing the test is skipped; under CI=true it fails.
func Disc(t testing.TB, path, label string, by Firmware) {
	t.Helper()
	tree := t.TempDir()
	args := []string{"-as", "mkisofs", "-quiet", "-V", label, "-o", path}
	if by&BIOS != 0 {
		writeFile(t, filepath.Join(tree, "bios"), biosImage(t))
		args = append(args, "-b", "bios", "-c", "catalog", "-no-emul-boot", "-boot-load-size", "4")
	}
	if by&UEFI != 0 {
		writeFile(t, filepath.Join(tree, "uefi"), uefiImage(t))
		args = append(args, "-eltorito-alt-boot", "-e", "uefi", "-no-emul-boot")
	}
	tool(t, "xorriso", append(args, tree)...)
}

// BootSector returns the first sector, of 512 bytes, of a disk that a BIOS starts.
func BootSector(t testing.TB) []byte {
	t.Helper()
	return biosImage(t)[512:1024]
}

// biosImage is the four sectors of which a BIOS loads all from a disc; the
// second is the system.
func biosImage(t testing.TB) []byte {
	t.Helper()
	return assemble(t, "bios.S", 2048, "-m32", "elf_i386", "0x7c00")
}

// Measures of the boot image for UEFI, a FAT file system with sectors of 512
// bytes that are clusters, too (Microsoft, FAT specification, 3 and 6).
const (
	sector       = 512
	imageSectors = 256
	fatAt        = 1 // of one sector, one copy
	rootAt       = 2 // of one sector, 16 entries
	dataAt       = 3 // cluster 2
)

// uefiImage holds the system as /EFI/BOOT/BOOTX64.EFI.
func uefiImage(t testing.TB) []byte {
	t.Helper()
	system := assemble(t, "uefi.S", 3*sector, "-m64", "elf_x86_64", "0")
	image := make([]byte, imageSectors*sector)
	copy(image, "\xeb\x3c\x90TESTDISC")
	for at, value := range map[int]uint16{11: sector, 14: fatAt, 17: sector / 32, 19: imageSectors, 22: 1, 24: 32, 26: 2, 510: 0xaa55} {
		binary.LittleEndian.PutUint16(image[at:], value)
	}
	image[13], image[16], image[21], image[38] = 1, 1, 0xf8, 0x29 // sectors of a cluster, copies, a fixed disk, what follows
	copy(image[43:], "TESTDISC   FAT12   ")
	// The directories EFI and BOOT are clusters 2 and 3, the system the next three.
	copy(image[fatAt*sector:], fat12(0xff8, 0xfff, 0xfff, 0xfff, 5, 6, 0xfff))
	entry(image[rootAt*sector:], "EFI", 0x10, 2, 0)
	efi, boot := image[dataAt*sector:], image[(dataAt+1)*sector:]
	entry(efi, ".", 0x10, 2, 0)
	entry(efi[32:], "..", 0x10, 0, 0)
	entry(efi[64:], "BOOT", 0x10, 3, 0)
	entry(boot, ".", 0x10, 3, 0)
	entry(boot[32:], "..", 0x10, 2, 0)
	entry(boot[64:], "BOOTX64 EFI", 0x20, 4, len(system))
	copy(image[(dataAt+2)*sector:], system)
	return image
}

// entry writes a directory's entry of 32 bytes.
func entry(at []byte, name string, attributes byte, cluster uint16, size int) {
	copy(at, fmt.Sprintf("%-11s", name))
	at[11] = attributes
	binary.LittleEndian.PutUint16(at[26:], cluster)
	binary.LittleEndian.PutUint32(at[28:], uint32(size)) // of a few sectors
}

// fat12 packs entries of 12 bits, two into three bytes.
func fat12(entries ...uint16) []byte {
	table := make([]byte, len(entries)*3/2+2)
	for i, e := range entries {
		at := i * 3 / 2
		if i%2 == 0 {
			table[at], table[at+1] = byte(e), table[at+1]|byte(e>>8)
		} else {
			table[at], table[at+1] = table[at]|byte(e<<4), byte(e>>4)
		}
	}
	return table
}

// assemble returns the bytes of a file of testdata, which MUST be that many.
func assemble(t testing.TB, name string, size int, width, format, at string) []byte {
	t.Helper()
	text, err := systems.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	source, object, image := filepath.Join(dir, name), filepath.Join(dir, "object"), filepath.Join(dir, "image")
	writeFile(t, source, text)
	tool(t, "gcc", width, "-c", "-o", object, source)
	tool(t, "ld", "-m", format, "--oformat", "binary", "-Ttext", at, "-o", image, object)
	code, err := os.ReadFile(image)
	if err != nil || len(code) != size {
		t.Fatalf("%s makes %d bytes, want %d; %v", name, len(code), size, err)
	}
	return code
}

func writeFile(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// tool runs a program that the test needs.
func tool(t testing.TB, name string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}
