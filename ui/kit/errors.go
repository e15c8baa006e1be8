package kit

import (
	"errors"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A Problem is a failure in words: what happened, why, what to do, and what
// libvirt or the system said.
type Problem struct {
	Title  string
	Why    string
	Hint   string
	Detail string
	Err    error
}

// Explain puts a failure into words.
func Explain(err error) Problem {
	p := Problem{Title: lang.L("That did not work"), Hint: virt.HintOf(err), Detail: err.Error(), Err: err}
	var e *virt.Error
	if errors.As(err, &e) && e.Action != "" {
		p.Title = notDone(e.Action, e.Ref)
	}
	p.Why = why(err)
	if p.Why == p.Detail || p.Why == Sentence(p.Detail) {
		p.Detail = ""
	}
	return p
}

// why gives the cause. Where it is known it is told; kinds whose texts are
// written for people speak for themselves; behind the others stands what libvirt
// said.
func why(err error) string {
	if cause := virt.CauseOf(err); cause != "" {
		return lang.L(cause)
	}
	switch virt.KindOf(err) {
	case virt.KindUnauthenticated:
		return lang.L("The host did not accept the credentials.")
	case virt.KindUnavailable:
		return lang.L("The host does not answer.")
	case virt.KindUnsupported:
		return lang.L("This host cannot do that.")
	case virt.KindTimeout:
		return lang.L("It took too long and was given up.")
	case virt.KindInterrupted:
		return lang.L("It was interrupted.")
	default:
		return Sentence(err.Error())
	}
}

// Sentence gives a text a capital letter and a full stop.
func Sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	text = string(unicode.ToUpper(first)) + text[size:]
	if last, _ := utf8.DecodeLastRuneInString(text); !unicode.IsPunct(last) {
		text += "."
	}
	return text
}

// notDone says which action failed on what.
func notDone(action virt.Action, ref virt.Ref) string {
	name := map[string]any{"Name": displayName(ref)}
	switch action {
	case virt.ConnectHost:
		return lang.L("“{{.Name}}” was not connected", name)
	case virt.CreateVM, virt.CreatePool, virt.CreateVolume:
		return lang.L("“{{.Name}}” was not created", name)
	case virt.DeleteVM, virt.DeleteVolume, virt.DeleteNetwork:
		return lang.L("“{{.Name}}” was not deleted", name)
	case virt.StartVM, virt.StartPool, virt.StartNetwork:
		return lang.L("“{{.Name}}” was not started", name)
	case virt.ShutdownVM, virt.OffVM:
		return lang.L("“{{.Name}}” was not shut down", name)
	case virt.StopNetwork, virt.StopPool:
		return lang.L("“{{.Name}}” was not stopped", name)
	case virt.RebootVM, virt.ResetVM:
		return lang.L("“{{.Name}}” was not restarted", name)
	case virt.PauseVM:
		return lang.L("“{{.Name}}” was not paused", name)
	case virt.ResumeVM:
		return lang.L("“{{.Name}}” was not resumed", name)
	case virt.SaveVM:
		return lang.L("“{{.Name}}” was not saved", name)
	case virt.DiscardVM:
		return lang.L("The saved state of “{{.Name}}” was not discarded", name)
	case virt.OpenConsole:
		return lang.L("The console of “{{.Name}}” was not opened", name)
	case virt.SetSetting, virt.AutostartVM, virt.AutostartPool, virt.AutostartNetwork:
		return lang.L("The setting was not changed")
	case virt.CancelOperation:
		return lang.L("The operation was not stopped")
	default:
		return lang.L("That did not work")
	}
}

func displayName(ref virt.Ref) string {
	for _, name := range []string{ref.Name, ref.ID} {
		if name != "" {
			return name
		}
	}
	return string(ref.Host)
}

// showProblem is how a kit shows failures until OnError is called.
func showProblem(k *Kit, p Problem) {
	const width = NarrowDialog - 2*24
	body := Col(14)
	if p.Hint != "" {
		body.Add(NewParagraph(BodyText, p.Hint, width))
	}
	if p.Detail != "" {
		body.Add(Col(4, NewText(SmallText, lang.L("Details")), NewParagraph(MonoText, p.Detail, width).In(theme.Muted)))
	}
	spec := DialogSpec{Title: p.Title, Text: p.Why, Tile: NewIconTile("circle-alert", theme.Err, 40), Cancel: lang.L("Close"), Alert: true}
	if len(body.Objects) > 0 {
		spec.Body = body
	}
	NewDialog(spec).Open(k.Win.Canvas())
}
