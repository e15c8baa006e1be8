package kit

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/assets"
)

func TestPluralsAreChosenByTheNumber(t *testing.T) {
	t.Setenv("LC_ALL", "en_US.UTF-8")
	if err := LoadWords(); err != nil {
		t.Fatal(err)
	}
	for count, want := range map[int]string{1: "1 more", 3: "3 more"} {
		if got := lang.N("{{.Count}} more", count, map[string]any{"Count": count}); got != want {
			t.Errorf("%d: %q, want %q", count, got, want)
		}
	}
}

// Without its forms a plural reads "1 machines", and Fyne complains in the log.
func TestEverySentenceWithANumberHasItsForms(t *testing.T) {
	for name, forms := range translations(t) {
		for _, key := range pluralKeys(t, "../..") {
			var plural map[string]string
			if err := json.Unmarshal(forms[key], &plural); err != nil {
				t.Errorf("%s: no forms for %q", name, key)
				continue
			}
			if plural["one"] == "" || plural["other"] == "" {
				t.Errorf("%s: %q needs the forms one and other", name, key)
			}
		}
	}
}

// translations reads every file of assets/translations.
func translations(t *testing.T) map[string]map[string]json.RawMessage {
	t.Helper()
	files := map[string]map[string]json.RawMessage{}
	names, err := fs.Glob(assets.Translations(), "translations/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no translations: %v", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(assets.Translations(), name)
		if err != nil {
			t.Fatal(err)
		}
		var forms map[string]json.RawMessage
		if err := json.Unmarshal(text, &forms); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		files[name] = forms
	}
	return files
}

// pluralKeys returns the first argument of every lang.N in the window's code.
func pluralKeys(t *testing.T, root string) []string {
	t.Helper()
	var keys []string
	for _, dir := range []string{"ui", "vnc", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, e fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if key, ok := pluralKey(n); ok {
					keys = append(keys, key)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

func pluralKey(n ast.Node) (string, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return "", false
	}
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || fn.Sel.Name != "N" {
		return "", false
	}
	if pkg, ok := fn.X.(*ast.Ident); !ok || pkg.Name != "lang" {
		return "", false
	}
	literal, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		return "", false
	}
	key, err := strconv.Unquote(literal.Value)
	return key, err == nil
}
