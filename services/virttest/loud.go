package virttest

import "testing"

// LoudPitch is the tone of LoudDisk in Hz.
const LoudPitch = 441

// LoudDisk makes a raw disk at path. A q35 that its BIOS starts from it sounds, on
// Intel's HD audio, until it is off. Where a program is missing the test is
// skipped; under CI=true it fails.
func LoudDisk(t testing.TB, path string) {
	t.Helper()
	writeFile(t, path, append(assemble(t, "sound.S", sector, "-m32", "elf_i386", "0x7c00"), make([]byte, 1<<20-sector)...))
}
