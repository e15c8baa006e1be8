package virt

import "testing"

func TestABatchIsLongAndCanBeStoppedAndItsChildrenAreNot(t *testing.T) {
	parent := Operation{ID: "p", Action: StartVM, Target: Ref{Kind: KindVM, Name: "a, b"}}
	child := Operation{ID: "c", Parent: "p", Action: StartVM, Target: Ref{Kind: KindVM, ID: "1", Name: "a"}}
	create := Operation{ID: "n", Parent: "gone", Action: CreateVM, Target: Ref{Kind: KindVM, Name: "new"}}
	volume := Operation{ID: "v", Parent: "n", Action: CreateVolume, Target: Ref{Kind: KindVolume, Name: "disk"}}
	for _, c := range []struct {
		op                      Operation
		isBatch, long, canBeEnd bool
	}{{parent, true, true, true}, {child, false, false, false}, {create, false, true, true}, {volume, false, true, true}} {
		if c.op.IsBatch() != c.isBatch || c.op.Long() != c.long || c.op.CanStop() != c.canBeEnd {
			t.Errorf("%s of %s: batch %v, long %v, can be stopped %v", c.op.Action, c.op.Target, c.op.IsBatch(), c.op.Long(), c.op.CanStop())
		}
	}
	tops := WithoutChildren([]Operation{child, parent, volume, create})
	if len(tops) != 2 || tops[0].ID != "p" || tops[1].ID != "n" {
		t.Errorf("without children there are %+v", tops)
	}
}
