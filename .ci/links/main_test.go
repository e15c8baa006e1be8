package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestOnlyBrokenRelativeLinksAreNamed(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("other.md", "# Exit codes, all of them\n")
	file := write("a.md", "# First machine\n[web](https://example.org/x) [here](#first-machine) [there](other.md#exit-codes-all-of-them)\n"+
		"[gone](gone.md) ![picture](gone.png \"title\") [no heading](other.md#nothing)\n"+
		"`[code](gone.md)`\n```\n[code](gone.md)\n```\n")

	got, err := check(file)

	want := []string{
		file + ": gone.md does not exist",
		file + ": gone.png does not exist",
		file + ": other.md#nothing has no such heading",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}
