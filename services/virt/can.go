package virt

// Can reports whether the action makes sense for a VM in this state, and if not
// why, as an English sentence. Services refuse by it and buttons follow it.
func Can(a Action, vm VM) (reason string, ok bool) {
	s := vm.State
	switch a {
	case StartVM:
		return sentence(!s.Active() && s != StateUnknown, "The machine is already on.")
	case ShutdownVM, RebootVM:
		return sentence(s == StateRunning, "The machine is not running.")
	case ResetVM:
		return sentence(s == StateRunning || s == StatePaused, "The machine is not running.")
	case OffVM:
		return sentence(s.Active(), "The machine is already off.")
	case PauseVM:
		return sentence(s == StateRunning, "The machine is not running.")
	case ResumeVM:
		return sentence(s == StatePaused || s == StateSuspended, "The machine is not paused.")
	case SaveVM:
		if !vm.Persistent {
			return "A machine without a stored definition cannot be saved.", false
		}
		return sentence(s == StateRunning || s == StatePaused, "The machine is not running.")
	case DiscardVM:
		return sentence(s == StateSaved, "The machine has no saved state.")
	case AutostartVM:
		return sentence(vm.Persistent, "A machine without a stored definition cannot start with the host.")
	case ClipboardVM:
		return sentence(vm.Persistent, "A machine without a stored definition cannot be given a device.")
	case ScreenshotVM, OpenConsole:
		return sentence(s.Active(), "The machine is off.")
	default:
		return "", true
	}
}

func sentence(ok bool, reason string) (string, bool) {
	if ok {
		return "", true
	}
	return reason, false
}
