package virt

// Long says whether the action takes its time by nature: it is worth a line of
// its own from the start.
func Long(a Action) bool {
	switch a {
	case CreateVM, DeleteVM, SaveVM, CreateVolume, RecoverOperation:
		return true
	default:
		return false
	}
}

// CanStop says whether an operation of this action looks up from its work when
// it is asked to stop. A single call into libvirt does not, and what is half
// deleted is finished.
func CanStop(a Action) bool {
	switch a {
	case CreateVM, SaveVM, CreateVolume:
		return true
	default:
		return false
	}
}
