package hypervisor_test

import (
	"bufio"
	"bytes"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const (
	here    = "github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	binding = "libvirt.org/go/libvirt"
)

// Nothing that this package exports may carry libvirt's types out: functions,
// methods, fields, constants and variables are looked through to the ground.
func TestNoExportedNameMentionsLibvirt(t *testing.T) {
	scope := loaded(t).Scope()
	if scope.Lookup("Conn") == nil {
		t.Fatal("there is no Conn to look at")
	}
	for _, name := range scope.Names() {
		object := scope.Lookup(name)
		if !object.Exported() {
			continue
		}
		look := &seeker{seen: map[types.Type]bool{}}
		if path := look.find(object.Type(), name); path != "" {
			t.Errorf("%s mentions the binding", path)
		}
	}
}

// loaded reads the package as the compiler wrote it down; -race, because that
// is how the tests were built a moment ago.
func loaded(t *testing.T) *types.Package {
	t.Helper()
	list := exec.Command("go", "list", "-race", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", here)
	list.Stderr = os.Stderr
	out, err := list.Output()
	must(t, err)
	files := map[string]string{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		path, file, _ := strings.Cut(lines.Text(), " ")
		files[path] = file
	}
	imports := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
	pkg, err := imports.Import(here)
	must(t, err)
	return pkg
}

// A seeker walks over the exported parts of a type.
type seeker struct{ seen map[types.Type]bool }

// find returns the way to a type of the binding, or nothing.
func (s *seeker) find(t types.Type, path string) string {
	if s.seen[t] {
		return ""
	}
	s.seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		return s.find(types.Unalias(t), path)
	case *types.Named:
		return s.named(t, path)
	case *types.Signature:
		return s.first(s.find(t.Params(), path+"()"), s.find(t.Results(), path+"()"))
	case *types.Tuple:
		for i := range t.Len() {
			if p := s.find(t.At(i).Type(), path); p != "" {
				return p
			}
		}
	case *types.Struct:
		for i := range t.NumFields() {
			if f := t.Field(i); f.Exported() {
				if p := s.find(f.Type(), path+"."+f.Name()); p != "" {
					return p
				}
			}
		}
	case *types.Map:
		return s.first(s.find(t.Key(), path), s.find(t.Elem(), path))
	case interface{ Elem() types.Type }:
		return s.find(t.Elem(), path)
	}
	return ""
}

func (s *seeker) named(t *types.Named, path string) string {
	pkg := t.Obj().Pkg()
	if pkg == nil {
		return ""
	}
	if pkg.Path() == binding || strings.HasPrefix(pkg.Path(), binding+"/") {
		return path
	}
	for i := range t.NumMethods() {
		if m := t.Method(i); m.Exported() {
			if p := s.find(m.Type(), path+"."+m.Name()); p != "" {
				return p
			}
		}
	}
	if pkg.Path() != here {
		return ""
	}
	return s.find(t.Underlying(), path)
}

func (s *seeker) first(paths ...string) string {
	for _, p := range paths {
		if p != "" {
			return p
		}
	}
	return ""
}
