// Command layers compares the imports of every package with the two tables of
// docs/ARCHITECTURE.md: the floors, and the modules that only some rooms may
// import. It also refuses go statements in ui/ outside ui/kit. It prints each
// breach on a line of its own and exits with 1 if there is one.
//
//	go run ./.ci/layers
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const picture = "docs/ARCHITECTURE.md"

// tagSets are the two ways the project is compiled; imports may differ.
var tagSets = []string{"", "migrated_fynedo,libvirt_dlopen"}

func main() {
	breaches, err := check()
	if err != nil {
		fmt.Fprintln(os.Stderr, "layers:", err)
		os.Exit(1)
	}
	for _, b := range breaches {
		fmt.Println(b)
	}
	if len(breaches) > 0 {
		os.Exit(1)
	}
}

// check reads the tables and the packages of the module in the current directory.
func check() ([]string, error) {
	text, err := os.ReadFile(picture)
	if err != nil {
		return nil, err
	}
	rules, err := readRules(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", picture, err)
	}
	var all []string
	seen := map[string]bool{}
	for _, tags := range tagSets {
		pkgs, err := list(tags)
		if err != nil {
			return nil, err
		}
		for _, b := range rules.breaches(pkgs) {
			if !seen[b] {
				seen[b] = true
				all = append(all, b)
			}
		}
	}
	spawned, err := goStatements("ui", filepath.Join("ui", "kit"))
	return append(all, spawned...), err
}

// A pkg is what `go list -json` says of one package.
type pkg struct {
	ImportPath string
	Imports    []string
	Module     struct{ Path string }
}

// room is the package's path below the module: "services/vm".
func (p pkg) room() string { return strings.TrimPrefix(p.ImportPath, p.Module.Path+"/") }

func list(tags string) ([]pkg, error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Module", "-tags", tags, "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var pkgs []pkg
	for dec := json.NewDecoder(out); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs, cmd.Wait()
		} else if err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
}

// goStatements names each go statement in the Go files below dir, test files
// and the folder except left out.
func goStatements(dir, except string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path == except:
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if g, ok := n.(*ast.GoStmt); ok {
				found = append(found, fmt.Sprintf("%s: go statement outside %s: use kit.Run or a kit.View", fset.Position(g.Go), except))
			}
			return true
		})
		return nil
	})
	return found, err
}
