package operation

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// declaredActions reads the constants of type Action from the vocabulary.
func declaredActions(t *testing.T) map[virt.Action]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../virt/action.go", nil, 0)
	must(t, err)
	found := map[virt.Action]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Action" {
			t.Errorf("%s is a constant without the type Action", spec.Names[0])
			return true
		}
		for i, name := range spec.Names {
			text, err := strconv.Unquote(spec.Values[i].(*ast.BasicLit).Value)
			must(t, err)
			found[virt.Action(text)] = name.Name
		}
		return true
	})
	if len(found) < 30 {
		t.Fatalf("only %d actions were found in the source", len(found))
	}
	return found
}

func TestEveryActionHasARowAndEveryRowAnAction(t *testing.T) {
	actions := declaredActions(t)
	for action, name := range actions {
		if least, ok := policy[action]; !ok || least < virt.RoleViewer || least > virt.RoleAdmin {
			t.Errorf("%s (%q) has the role %v in the policy", name, action, least)
		}
	}
	for action := range policy {
		if _, ok := actions[action]; !ok {
			t.Errorf("the policy has a row for %q, which is no action", action)
		}
	}
}

func TestNobodyMayDoAnything(t *testing.T) {
	h := open(t, t.TempDir())
	nobody := context.Background()
	for action := range declaredActions(t) {
		if err := h.May(nobody, action, virt.Ref{}); !errors.Is(err, virt.ErrForbidden) {
			t.Errorf("%s: %v", action, err)
		}
	}
	admin := virt.WithActor(nobody, virt.Actor{Name: "root", Role: virt.RoleAdmin})
	if err := h.May(admin, "vm.conjure", virt.Ref{}); !errors.Is(err, virt.ErrForbidden) {
		t.Errorf("an action that is in no table: %v", err)
	}
	for name, call := range map[string]func() error{
		"Operation":  func() error { _, err := h.Operation(nobody, ""); return err },
		"Operations": func() error { _, err := h.Operations(nobody, virt.OperationFilter{}); return err },
		"Audit":      func() error { _, err := h.Audit(nobody, virt.AuditFilter{}); return err },
		"Recover":    func() error { _, err := h.Recover(nobody); return err },
	} {
		if err := call(); !errors.Is(err, virt.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, err := os.ReadDir(h.dir); err != nil || len(left) > 0 {
		t.Errorf("asking left %v (%v)", left, err)
	}
	if err := h.Cancel(nobody, ""); !errors.Is(err, virt.ErrForbidden) {
		t.Errorf("Cancel: %v", err)
	}
}

func TestARefusalIsWrittenDownAndNothingRuns(t *testing.T) {
	h := open(t, t.TempDir())
	viewer := virt.WithActor(context.Background(), virt.Actor{Name: "bob", Via: "gui", Role: virt.RoleViewer})

	err := h.Do(viewer, virt.DeleteVM, vm("web"), func(context.Context, *Progress) error {
		t.Error("the work ran")
		return nil
	})

	var e *virt.Error
	if !errors.As(err, &e) || e.Kind != virt.KindForbidden || e.Action != virt.DeleteVM || e.Ref != vm("web") || e.Hint == "" {
		t.Errorf("got %#v", err)
	}
	rows := h.audit(t)
	if len(rows) != 1 || rows[0].Result != "refused" || rows[0].Actor != "bob" || rows[0].Kind != virt.KindForbidden || rows[0].Message != err.Error() {
		t.Errorf("audit: %+v", rows)
	}
	if found, err := h.Operations(viewer, virt.OperationFilter{}); err != nil || len(found) != 0 {
		t.Errorf("operations: %+v (%v)", found, err)
	}
}
