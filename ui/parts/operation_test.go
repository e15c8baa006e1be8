package parts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// changing are the actions below the comment "Changing." in the vocabulary.
func changing(t *testing.T) []virt.Action {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../services/virt/action.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var all []virt.Action
	for _, d := range file.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST || group.Doc.Text() != "Changing.\n" {
			continue
		}
		for _, s := range group.Specs {
			text, err := strconv.Unquote(s.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, virt.Action(text))
		}
	}
	return all
}

func TestEveryChangeHasAWord(t *testing.T) {
	all := changing(t)
	if len(all) < 20 {
		t.Fatalf("only %d actions were found", len(all))
	}
	for _, a := range all {
		if a != virt.OpenConsole && ActionWord(a) == string(a) { // opening a console changes nothing
			t.Errorf("%s has no word", a)
		}
	}
}

func TestEveryOperationStateHasItsOwnLook(t *testing.T) {
	test.NewApp()
	seen := map[string]virt.OperationState{}
	for _, s := range []virt.OperationState{
		virt.OperationRunning, virt.OperationDone, virt.OperationFailed, virt.OperationRefused,
		virt.OperationCancelled, virt.OperationAbandoned, virt.OperationUndone,
	} {
		look := OperationLook(s)
		if other, taken := seen[look.Word]; taken {
			t.Errorf("%s and %s are both called %q", s, other, look.Word)
		}
		seen[look.Word] = s
		kit.NewIcon(look.Icon, 12, look.Token) // panics when there is no such icon
	}
}

func TestMachinesAreCountedAndBytesAreAShare(t *testing.T) {
	batch := virt.Operation{Action: virt.StartVM, Target: virt.Ref{Kind: virt.KindVM, Name: "a, b"}, Done: 3, Total: 12}
	if got := StepWords(batch); got != "3 of 12" {
		t.Errorf("a batch has done %q", got)
	}
	disk := virt.Operation{Action: virt.CreateVolume, Target: virt.Ref{Kind: virt.KindVolume, Name: "disk"}, Done: 3, Total: 12}
	if got := StepWords(disk); got != Percent(25) {
		t.Errorf("a disk is done to %q", got)
	}
}
