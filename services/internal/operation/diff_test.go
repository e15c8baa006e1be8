package operation

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestEqualTextsHaveNoDiff(t *testing.T) {
	if d := unifiedDiff("a\nb\n", "a\nb\n"); d != "" {
		t.Errorf("got %q", d)
	}
}

// patch(1) is the judge of what a unified diff means.
func TestPatchTurnsTheOldTextIntoTheNew(t *testing.T) {
	if _, err := exec.LookPath("patch"); err != nil {
		t.Skip("patch is not installed")
	}
	file := filepath.Join(t.TempDir(), "file")
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 2))
		before := randomLines(random, random.IntN(60))
		after := slices.Clone(before)
		for range random.IntN(8) {
			at := random.IntN(len(after) + 1)
			end := min(len(after), at+random.IntN(4))
			after = slices.Replace(after, at, end, randomLines(random, random.IntN(3))...)
		}
		old, want := text(before), text(after)
		must(t, os.WriteFile(file, []byte(old), 0o600))

		cmd := exec.Command("patch", "--quiet", "--fuzz=0", "--no-backup-if-mismatch", file)
		cmd.Stdin = strings.NewReader("--- file\n+++ file\n" + unifiedDiff(old, want))
		if out, err := cmd.CombinedOutput(); err != nil && old != want {
			t.Fatalf("seed %d: %v: %s", seed, err, out)
		}

		got, err := os.ReadFile(file)
		if os.IsNotExist(err) { // patch removes a file that becomes empty
			got, err = nil, nil
		}
		must(t, err)
		if string(got) != want {
			t.Fatalf("seed %d: got\n%swant\n%s", seed, got, want)
		}
	}
}

func TestVeryLargeTextsAreStillTold(t *testing.T) {
	var old, new strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&old, "old %d\n", i)
		fmt.Fprintf(&new, "new %d\n", i)
	}
	d := unifiedDiff(old.String(), new.String())
	if !strings.HasPrefix(d, "@@ -1,5000 +1,5000 @@\n-old 0\n") || strings.Count(d, "\n") != 10001 {
		t.Errorf("got %d lines beginning with %.60q", strings.Count(d, "\n"), d)
	}
}

func randomLines(random *rand.Rand, n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d", random.IntN(10))
	}
	return lines
}

func text(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}
