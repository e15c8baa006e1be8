package parts

import (
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// ActionWord says in the imperative what an action does: "Start".
func ActionWord(a virt.Action) string {
	switch a {
	case virt.ConnectHost:
		return lang.L("Connect to the host")
	case virt.DisconnectHost:
		return lang.L("Disconnect from the host")
	case virt.SaveHost:
		return lang.L("Save the host")
	case virt.RemoveHost:
		return lang.L("Remove the host")
	case virt.OrderHosts:
		return lang.L("Put the hosts in order")
	case virt.TestHost:
		return lang.L("Try the connection")
	case virt.FixHost:
		return lang.L("Put the host right")
	case virt.CreateVM:
		return lang.L("Create the machine")
	case virt.DeleteVM:
		return lang.L("Delete the machine")
	case virt.StartVM, virt.StartPool, virt.StartNetwork:
		return lang.L("Start")
	case virt.StopNetwork, virt.StopPool:
		return lang.L("Stop")
	case virt.ShutdownVM:
		return lang.L("Shut down")
	case virt.RebootVM:
		return lang.L("Restart")
	case virt.ResetVM:
		return lang.L("Reset")
	case virt.OffVM:
		return lang.L("Force off")
	case virt.PauseVM:
		return lang.L("Pause")
	case virt.ResumeVM:
		return lang.L("Resume")
	case virt.SaveVM:
		return lang.L("Save")
	case virt.DiscardVM:
		return lang.L("Discard the saved state")
	case virt.AutostartVM, virt.AutostartPool, virt.AutostartNetwork:
		return lang.L("Start with the host")
	case virt.ClipboardVM:
		return lang.L("Add the clipboard channel")
	case virt.RefreshPool:
		return lang.L("Look for new disks")
	case virt.DeleteNetwork:
		return lang.L("Delete the network")
	case virt.CreatePool:
		return lang.L("Create the pool")
	case virt.CreateVolume:
		return lang.L("Create the disk")
	case virt.DeleteVolume:
		return lang.L("Delete the disk")
	case virt.CancelOperation:
		return lang.L("Stop the operation")
	case virt.RecoverOperation:
		return lang.L("Take back what was left half done")
	case virt.PruneOperations:
		return lang.L("Delete old records")
	case virt.SetSetting:
		return lang.L("Change the setting")
	default:
		return string(a)
	}
}

// Doing says what a running operation does to what: "Creating web".
func Doing(op virt.Operation) string {
	name := map[string]any{"Name": op.Target.Name}
	switch op.Action {
	case virt.CreateVM:
		return lang.L("Creating {{.Name}}", name)
	case virt.DeleteVM:
		return lang.L("Deleting {{.Name}}", name)
	case virt.SaveVM:
		return lang.L("Saving {{.Name}}", name)
	case virt.CreateVolume:
		return lang.L("Making the disk {{.Name}}", name)
	case virt.RecoverOperation:
		return lang.L("Taking back what was left half done")
	default:
		return ActionWord(op.Action) + " · " + op.Target.Name
	}
}

// StageWords translates the stable names of stages.
func StageWords(stage string) string {
	if stage == "" {
		return ""
	}
	return lang.L(stage)
}

// StepWords says how much of its stage an operation has done; its Total MUST be
// known. Machines are counted, all else is a share.
func StepWords(op virt.Operation) string {
	if op.IsBatch() {
		return lang.L("{{.Done}} of {{.Total}}", map[string]any{"Done": Count(int(op.Done)), "Total": Count(int(op.Total))})
	}
	return Percent(100 * float64(op.Done) / float64(op.Total))
}

// OperationLook returns how the state of an operation is shown.
func OperationLook(s virt.OperationState) Look {
	switch s {
	case virt.OperationRunning:
		return Look{lang.L("Running"), "loader-circle", theme.Accent}
	case virt.OperationDone:
		return Look{lang.L("Done"), "circle-check", theme.OK}
	case virt.OperationFailed:
		return Look{lang.L("Failed"), "circle-alert", theme.Err}
	case virt.OperationRefused:
		return Look{lang.L("Refused"), "shield", theme.Warn}
	case virt.OperationCancelled:
		return Look{lang.L("Stopped"), "x", theme.Muted}
	case virt.OperationAbandoned:
		return Look{lang.L("Left half done"), "triangle-alert", theme.Warn}
	case virt.OperationUndone:
		return Look{lang.L("Taken back"), "undo-2", theme.Muted}
	default:
		return Look{string(s), "circle-help", theme.Muted}
	}
}
