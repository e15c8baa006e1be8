package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const table = "" +
	"| floor | rooms |\n|---|---|\n" +
	"| 0 | `services/virt` (the words) |\n" +
	"| 4 | `services/{pool,network}` |\n" +
	"| 13 | `ui/*` |\n" +
	"| 11 | `ui/kit` |\n" +
	"| 15 | `cmd/*` |\n\n" +
	"| module | rooms |\n|---|---|\n" +
	"| `example.org/toolkit` | `ui/*` |\n"

func room(path string, imports ...string) pkg {
	p := pkg{ImportPath: "example.org/m/" + path, Imports: imports}
	p.Module.Path = "example.org/m"
	return p
}

func TestImportsAreComparedWithTheFloors(t *testing.T) {
	r, err := readRules(table)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		pkg  pkg
		want []string
	}{
		{"downwards", room("services/pool", "example.org/m/services/virt", "fmt"), nil},
		{"upwards", room("services/virt", "example.org/m/services/pool"),
			[]string{"services/virt (floor 0) imports services/pool (floor 4)"}},
		{"sideways", room("services/pool", "example.org/m/services/network"),
			[]string{"services/pool (floor 4) imports services/network (floor 4)"}},
		{"an exact room before a pattern", room("ui/machines", "example.org/m/ui/kit"), nil},
		{"two features of the window", room("ui/machines", "example.org/m/ui/console"),
			[]string{"ui/machines (floor 13) imports ui/console (floor 13)"}},
		{"a program's own internal package", room("cmd/daemon", "example.org/m/cmd/daemon/internal/rest"), nil},
		{"a module at home", room("ui/kit", "example.org/toolkit/canvas"), nil},
		{"a module abroad", room("services/pool", "example.org/toolkit/canvas"),
			[]string{"services/pool imports example.org/toolkit/canvas: example.org/toolkit belongs to ui/*"}},
		{"a module of a similar name", room("services/pool", "example.org/toolkits"), nil},
		{"a room without a floor", room("attic"), []string{"attic: has no floor in docs/ARCHITECTURE.md"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := r.breaches([]pkg{tc.pkg}); !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestADocumentWithoutTablesIsRefused(t *testing.T) {
	if _, err := readRules("# Architecture\n"); err == nil {
		t.Error("no error")
	}
}

func TestARoomOnTwoFloorsIsRefused(t *testing.T) {
	if _, err := readRules(table + "| 3 | `services/virt` |\n"); err == nil {
		t.Error("no error")
	}
}

func TestGoStatementsAreFoundOutsideTheExemptFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	spawning := "package x\n\nfunc f() {\n\tgo f()\n}\n"
	for _, path := range []string{"ui/page/page.go", "ui/page/page_test.go", "ui/kit/run.go"} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(spawning), 0o644); err != nil {
			t.Fatal(err)
		}
	}

	got, err := goStatements("ui", filepath.Join("ui", "kit"))

	want := []string{"ui/page/page.go:4:2: go statement outside ui/kit: use kit.Run or a kit.View"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}
