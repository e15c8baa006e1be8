package parts

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
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

// Do does the action to the machines, after a question where it needs one and
// if it makes sense for one of them. busy shows meanwhile that it runs; it may
// be nil.
func (a *Actions) Do(action virt.Action, machines []Machine, busy kit.Busy) {
	fit := able(action, machines)
	if len(fit) == 0 {
		return
	}
	switch action {
	case virt.DeleteVM:
		a.Delete(fit)
	case virt.OpenConsole:
		a.openConsoles(fit)
	default:
		a.afterQuestion(action, fit, func() { a.run(action, machines, busy) })
	}
}

// afterQuestion asks what has to be asked before the action is done to the
// machines, and calls do after that.
func (a *Actions) afterQuestion(action virt.Action, fit []Machine, do func()) {
	switch {
	case action == virt.OffVM && a.svc.Settings.ConfirmForceOff():
		a.kit.Confirm(a.question(forceOffWords(fit), setting.NameConfirmForceOff), do)
	case action == virt.ResetVM && a.svc.Settings.ConfirmReset():
		a.kit.Confirm(a.question(resetWords(fit), setting.NameConfirmReset), do)
	case action == virt.DiscardVM:
		a.kit.Confirm(discardWords(fit), do)
	default:
		do()
	}
}

func (a *Actions) openConsoles(machines []Machine) {
	for _, m := range machines {
		a.Console(m.Ref())
	}
}

// SetAutostart says whether the machines start with their hosts.
func (a *Actions) SetAutostart(machines []Machine, on bool) {
	if len(machines) == 1 {
		a.kit.Run(func(ctx context.Context) error { return a.svc.VMs.SetAutostart(ctx, machines[0].Ref(), on) })
		return
	}
	a.many(virt.AutostartVM, refs(machines), json.RawMessage(`{"on":`+strconv.FormatBool(on)+`}`), nil)
}

// run does the action to one machine, or to several with a result for each.
func (a *Actions) run(action virt.Action, machines []Machine, busy kit.Busy) {
	if len(machines) > 1 {
		a.many(action, refs(machines), nil, busy)
		return
	}
	if busy != nil {
		busy.SetBusy(true)
	}
	m := machines[0]
	a.kit.RunTo(func(ctx context.Context) error { return a.verb(action)(ctx, m.Ref()) }, func(err error) {
		if busy != nil {
			busy.SetBusy(false)
		}
		if err == nil {
			a.tell(action, m)
		}
		a.kit.Show(err)
	})
}

func refs(machines []Machine) []virt.Ref {
	var all []virt.Ref
	for _, m := range machines {
		all = append(all, m.Ref())
	}
	return all
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
func (a *Actions) tell(action virt.Action, m Machine) {
	var title string
	name := map[string]any{"Name": m.Name}
	switch action {
	case virt.ShutdownVM:
		title = lang.L("“{{.Name}}” was asked to shut down", name)
	case virt.RebootVM:
		title = lang.L("“{{.Name}}” was asked to restart", name)
	case virt.SaveVM:
		title = lang.L("“{{.Name}}” was saved", name)
	case virt.ResetVM:
		title = lang.L("“{{.Name}}” was reset", name)
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
		Body:   nameList(machines),
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
		Body:   nameList(machines),
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
		Body:   nameList(machines),
		Title:  oneOrMany(n, lang.L("Reset “{{.Name}}”?", words), lang.N("Reset {{.Count}} machines?", n, words)),
		Text:   lang.L("This is like pressing the reset button: unsaved work is lost, and files may be damaged."),
		Action: lang.L("Reset"),
	}
}

// mostNames is how many machines a question names.
const mostNames = 24

// nameList names the machines that a question is about, when its title names
// none.
func nameList(machines []Machine) fyne.CanvasObject {
	if len(machines) < 2 {
		return nil
	}
	var names []string
	for _, m := range machines[:min(mostNames, len(machines))] {
		names = append(names, m.Name)
	}
	if more := len(machines) - mostNames; more > 0 {
		names = append(names, lang.N("and {{.Count}} more", more, map[string]any{"Count": more}))
	}
	return kit.NewParagraph(kit.MediumText, strings.Join(names, ", "), kit.NarrowDialog-2*24)
}
