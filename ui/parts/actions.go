package parts

import (
	"context"
	"errors"
	"strconv"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// Actions does things with machines for a window: the same words, order,
// questions and reasons everywhere.
type Actions struct {
	// Console shows the machine's console; nil where there is none.
	Console func(virt.Ref)
	// Window shows the machine in a window of its own; nil where that is not offered.
	Window func(virt.Ref)
	// Delete asks what of the machines shall go.
	Delete func([]Machine)

	kit *kit.Kit
	svc *services.Services
}

// NewActions returns the actions of the kit's window.
func NewActions(k *kit.Kit, svc *services.Services) *Actions { return &Actions{kit: k, svc: svc} }

// Do does the action to those of the machines for which it makes sense, after
// a question where it needs one. busy shows meanwhile that it runs; it may be nil.
func (a *Actions) Do(action virt.Action, machines []Machine, busy kit.Busy) {
	machines = able(action, machines)
	if len(machines) == 0 {
		return
	}
	switch {
	case action == virt.DeleteVM:
		a.Delete(machines)
	case action == virt.OpenConsole:
		a.openConsoles(machines)
	case action == virt.OffVM && a.svc.Settings.ConfirmForceOff():
		a.kit.Confirm(a.question(forceOffWords(machines), setting.NameConfirmForceOff), func() { a.run(action, machines, busy) })
	case action == virt.ResetVM && a.svc.Settings.ConfirmReset():
		a.kit.Confirm(a.question(resetWords(machines), setting.NameConfirmReset), func() { a.run(action, machines, busy) })
	case action == virt.DiscardVM:
		a.kit.Confirm(discardWords(machines), func() { a.run(action, machines, busy) })
	default:
		a.run(action, machines, busy)
	}
}

func (a *Actions) openConsoles(machines []Machine) {
	for _, m := range machines {
		a.Console(m.Ref())
	}
}

// SetAutostart says whether the machines start with their hosts.
func (a *Actions) SetAutostart(machines []Machine, on bool) {
	a.each(able(virt.AutostartVM, machines), nil, func(ctx context.Context, ref virt.Ref) error {
		return a.svc.VMs.SetAutostart(ctx, ref, on)
	}, func([]Machine) {})
}

func (a *Actions) run(action virt.Action, machines []Machine, busy kit.Busy) {
	a.each(machines, busy, a.verb(action), func(done []Machine) { a.tell(action, done) })
}

// each runs the verb on one machine after the other; a failure does not keep
// the others from their turn.
func (a *Actions) each(machines []Machine, busy kit.Busy, verb func(context.Context, virt.Ref) error, then func(done []Machine)) {
	if busy != nil {
		busy.SetBusy(true)
	}
	var done []Machine
	a.kit.RunTo(func(ctx context.Context) error {
		var failures []error
		for _, m := range machines {
			err := verb(ctx, m.Ref())
			failures = append(failures, err)
			if err == nil {
				done = append(done, m)
			}
		}
		return errors.Join(failures...)
	}, func(err error) {
		if busy != nil {
			busy.SetBusy(false)
		}
		a.kit.Show(err)
		if len(done) > 0 {
			then(done)
		}
	})
}

func (a *Actions) verb(action virt.Action) func(context.Context, virt.Ref) error {
	vms := a.svc.VMs
	switch action {
	case virt.StartVM:
		return vms.Start
	case virt.PauseVM:
		return vms.Pause
	case virt.ResumeVM:
		return vms.Resume
	case virt.ShutdownVM:
		return vms.Shutdown
	case virt.RebootVM:
		return vms.Reboot
	case virt.ResetVM:
		return vms.Reset
	case virt.OffVM:
		return vms.Off
	case virt.SaveVM:
		return vms.Save
	case virt.DiscardVM:
		return vms.Discard
	}
	panic("parts: no verb for " + string(action))
}

// tell says what was done where the machine's state does not show it at once.
func (a *Actions) tell(action virt.Action, done []Machine) {
	var title string
	n := len(done)
	words := map[string]any{"Name": done[0].Name, "Count": n}
	switch action {
	case virt.ShutdownVM:
		title = oneOrMany(n, lang.L("“{{.Name}}” was asked to shut down", words), lang.N("{{.Count}} machines were asked to shut down", n, words))
	case virt.RebootVM:
		title = oneOrMany(n, lang.L("“{{.Name}}” was asked to restart", words), lang.N("{{.Count}} machines were asked to restart", n, words))
	case virt.SaveVM:
		title = oneOrMany(n, lang.L("“{{.Name}}” was saved", words), lang.N("{{.Count}} machines were saved", n, words))
	case virt.ResetVM:
		title = oneOrMany(n, lang.L("“{{.Name}}” was reset", words), lang.N("{{.Count}} machines were reset", n, words))
	default:
		return
	}
	a.kit.Toast(kit.Toast{Title: title})
}

func oneOrMany(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// question asks before the machines are stopped hard; the setting remembers
// that it need not be asked again.
func (a *Actions) question(q kit.Question, name string) kit.Question {
	q.Remember = func() {
		a.kit.Run(func(ctx context.Context) error { return a.svc.Settings.Set(ctx, name, strconv.FormatBool(false)) })
	}
	return q
}

func discardWords(machines []Machine) kit.Question {
	n := len(machines)
	words := map[string]any{"Name": machines[0].Name, "Count": n}
	return kit.Question{
		Icon:   "moon",
		Title:  oneOrMany(n, lang.L("Discard the saved state of “{{.Name}}”?", words), lang.N("Discard the saved states of {{.Count}} machines?", n, words)),
		Text:   lang.L("What was open when it was saved is lost, as after a power cut. Start then boots it afresh."),
		Action: lang.L("Discard"),
	}
}

func forceOffWords(machines []Machine) kit.Question {
	n := len(machines)
	words := map[string]any{"Name": machines[0].Name, "Count": n}
	return kit.Question{
		Icon:   "power",
		Title:  oneOrMany(n, lang.L("Force “{{.Name}}” off?", words), lang.N("Force {{.Count}} machines off?", n, words)),
		Text:   lang.L("This is like pulling the plug: unsaved work is lost, and files may be damaged."),
		Action: lang.L("Force off"),
	}
}

func resetWords(machines []Machine) kit.Question {
	n := len(machines)
	words := map[string]any{"Name": machines[0].Name, "Count": n}
	return kit.Question{
		Icon:   "zap",
		Title:  oneOrMany(n, lang.L("Reset “{{.Name}}”?", words), lang.N("Reset {{.Count}} machines?", n, words)),
		Text:   lang.L("This is like pressing the reset button: unsaved work is lost, and files may be damaged."),
		Action: lang.L("Reset"),
	}
}
