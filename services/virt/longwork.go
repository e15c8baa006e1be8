package virt

// IsBatch says whether the operation does its action to several machines, each
// of which is a child of its own.
func (op Operation) IsBatch() bool {
	return op.Target.Kind == KindVM && op.Target.ID == "" && op.Action != CreateVM
}

// Long says whether the operation takes its time by nature: it is worth a line
// of its own from the start.
func (op Operation) Long() bool {
	switch op.Action {
	case CreateVM, DeleteVM, SaveVM, CreateVolume, RecoverOperation:
		return true
	default:
		return op.IsBatch()
	}
}

// CanStop says whether the operation looks up from its work when it is asked to
// stop. A single call into libvirt does not, and what is half deleted is
// finished.
func (op Operation) CanStop() bool {
	switch op.Action {
	case CreateVM, SaveVM, CreateVolume:
		return true
	default:
		return op.IsBatch()
	}
}

// WithoutChildren leaves out the operations whose parents are among them.
func WithoutChildren(operations []Operation) []Operation {
	there := map[string]bool{}
	for _, op := range operations {
		there[op.ID] = true
	}
	var tops []Operation
	for _, op := range operations {
		if !there[op.Parent] {
			tops = append(tops, op)
		}
	}
	return tops
}
