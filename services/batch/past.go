package batch

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Past tells what became of the machines of a batch that has ended, from the
// operations that are kept of it: those whose turn came, by name. id is the batch's own
// operation; any other is virt.ErrInvalid, one that is not kept virt.ErrNotFound.
func (s *Service) Past(ctx context.Context, id string) (Report, error) {
	parent, err := s.door.Operation(ctx, id)
	switch {
	case err != nil:
		return Report{}, err
	case !parent.IsBatch():
		return Report{}, virt.Errorf(virt.KindInvalid, "the operation %s is about one thing", id)
	}
	children, err := s.door.Operations(ctx, virt.OperationFilter{Parent: id})
	if err != nil {
		return Report{}, err
	}
	report := Report{Action: parent.Action}
	for _, child := range children {
		report.Outcomes = append(report.Outcomes, pastOutcome(child))
	}
	slices.SortFunc(report.Outcomes, func(a, b Outcome) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Host, b.Host)) })
	return report, nil
}

// pastOutcome is what the kept operation says of its machine.
func pastOutcome(op virt.Operation) Outcome {
	switch op.State {
	case virt.OperationDone:
		return outcome(op.Target, Done)
	case virt.OperationFailed, virt.OperationRefused:
		failure := virt.Errorf(op.Kind, "%w", errors.New(op.Message))
		failure.Action, failure.Ref, failure.Cause, failure.Hint = op.Action, op.Target, op.Cause, op.Hint
		return FailedOutcome(op.Target, failure)
	default:
		o := outcome(op.Target, Cancelled)
		o.Kind, o.Message = op.Kind, op.Message
		return o
	}
}

// Repeatable says whether the batch can be done again from what is kept of it:
// the arguments of an action are not.
func (s *Service) Repeatable(action virt.Action) bool {
	_, known := s.acts[action]
	return known && action != virt.AutostartVM
}
