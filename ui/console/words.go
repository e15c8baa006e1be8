package console

import (
	"context"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
	"github.com/kvmmanager/kvm-manager/vnc"
)

// words stand on a card over the screen while there is nothing to see: why, and
// the button that helps.
type words struct {
	view    *view
	icon    *kit.Icon
	title   *kit.Text
	line    *kit.Text      // a short text
	text    *kit.Paragraph // a long one
	start   *kit.Button
	long    *fyne.Container
	button  *fyne.Container
	content *fyne.Container
}

// wordsWidth is how wide a text may be that takes several lines; one of up to
// lineLength letters stands in the middle.
const wordsWidth, lineLength = 340, 62

func newWords(v *view) *words {
	w := &words{view: v, icon: kit.NewIcon("power", 20, theme.Accent), title: kit.NewText(kit.PanelText, "")}
	w.line, w.text = kit.NewText(kit.SmallText, ""), kit.NewParagraph(kit.SmallText, "", wordsWidth)
	w.start = kit.Secondary("play", lang.L("Start"), nil)
	w.start.OnPress(func() {
		vm := v.vm
		v.kit.RunOn(w.start, func(ctx context.Context) error { return v.svc.VMs.Start(ctx, vm) })
	})
	w.long = kit.Width(wordsWidth, w.text)
	w.button = kit.Pad(6, 0, 0, 0, w.start)
	w.content = kit.NewFloat(kit.Pad(20, 28, 20, 28, kit.ColCenter(6, w.icon, w.title, w.line, w.long, w.button)))
	w.content.Hide()
	return w
}

// show says why there is nothing to see, if so.
func (w *words) show() {
	v := w.view
	w.button.Hide()
	switch {
	case v.off():
		w.showOff()
	case v.noScreen():
		w.say("monitor", lang.L("This machine has no screen that can be shown here"), lang.L(virt.HintOf(v.line.status.Err)))
	case v.fresh, v.line.connected(), v.line.lost():
		w.content.Hide()
	case !v.known && v.problem != nil:
		w.say("wifi-off", lang.L("The machine cannot be reached"), kit.Explain(v.problem).Why)
	case v.line.open && v.line.status.State == vnc.Connecting:
		w.say("loader-circle", lang.L("Connecting to the screen"), "")
	default:
		w.content.Hide()
	}
}

func (w *words) showOff() {
	state := w.view.row.State
	w.start.SetLabel(lang.L("Start"))
	if _, can := virt.Can(virt.StartVM, w.view.row); can {
		w.button.Show()
	}
	switch state {
	case virt.StateSaved:
		w.start.SetLabel(lang.L("Restore"))
		w.say("moon", lang.L("The machine is saved"), lang.L("It goes on where it stopped."))
	case virt.StateCrashed:
		w.say("triangle-alert", lang.L("The machine has crashed"), lang.L("The picture shows what was on its screen."))
	case virt.StateUnknown, "":
		w.say("circle-help", lang.L("The state of the machine is not known"), "")
	default:
		w.say("power", lang.L("The machine is off"), lang.L("Its screen appears here when it runs."))
	}
}

func (w *words) say(icon, title, text string) {
	w.icon.SetIcon(icon)
	w.title.SetText(title)
	short := utf8.RuneCountInString(text) <= lineLength
	w.line.SetText(text)
	w.text.SetText(text)
	w.line.Hidden, w.long.Hidden = text == "" || !short, short
	w.content.Show()
	w.content.Refresh()
}
