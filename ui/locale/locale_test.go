package locale

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestOnlyLocalesWithoutALanguageAreReplaced(t *testing.T) {
	for _, c := range []struct{ before, after map[string]string }{
		{map[string]string{"LANG": "C.UTF-8"}, map[string]string{"LANG": english}},
		{map[string]string{"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, map[string]string{"LC_ALL": english, "LANG": "de_DE.UTF-8"}},
		{map[string]string{"LC_MESSAGES": "POSIX"}, map[string]string{"LC_MESSAGES": english}},
		{map[string]string{"LANG": "cs_CZ.UTF-8"}, map[string]string{"LANG": "cs_CZ.UTF-8"}},
		{map[string]string{}, map[string]string{}},
	} {
		env := maps.Clone(c.before)
		set(func(k string) string { return env[k] }, func(k, v string) error { env[k] = v; return nil })
		if !maps.Equal(env, c.after) {
			t.Errorf("%v became %v, want %v", c.before, env, c.after)
		}
	}
}

// The order of initialisation is the whole point, so a real program is run.
func TestAProgramInTheCLocaleStartsWithoutAComplaint(t *testing.T) {
	dir := t.TempDir()
	prog := filepath.Join(dir, "speaks")
	build := exec.Command("go", "build", "-o", prog, "./testdata/speaks")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	run := exec.Command(prog)
	run.Env = append(os.Environ(), "LC_ALL=", "LC_MESSAGES=", "LANG=C.UTF-8", "LANGUAGE=")
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	if string(out) != "Cancel\n" {
		t.Fatalf("the program said %q", out)
	}
}
