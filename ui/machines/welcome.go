package machines

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// welcomeWidth is how wide the column of a welcome is.
const welcomeWidth = 780

// welcome stands where no host has a machine: what to do first, and for hosts
// that cannot be reached the cause and the remedy.
type welcome struct {
	machines *Machines
	try      *kit.LinkCard
	problems *fyne.Container
	shown    map[virt.HostID]string // problem of each host whose card is shown
	content  fyne.CanvasObject
}

func newWelcome(m *Machines) *welcome {
	w := &welcome{machines: m, problems: kit.Col(14), shown: map[virt.HostID]string{}}
	w.try = kit.NewLinkCard("plus", lang.L("Try a tiny Linux machine"),
		lang.L("Built in seconds from this computer’s own parts, to see that everything works."), m.NewMachine)
	hero := kit.ColCenter(6, kit.Gap(1, 10), kit.NewMark(64), kit.Gap(1, 8),
		kit.NewText(kit.DisplayText, lang.L("Welcome to KVM Manager")),
		kit.NewText(kit.BodyText, lang.L("Create your first machine.")).In(theme.Muted))
	column := kit.Col(22, hero, kit.Row(0, kit.Spacer(), kit.Width(260, w.try), kit.Spacer()), w.problems)
	w.content = container.NewVScroll(kit.Pad(26, 24, 16, 24, kit.RowTop(0, kit.Spacer(), kit.Width(welcomeWidth, column), kit.Spacer())))
	return w
}

// show follows the state of the hosts.
func (w *welcome) show() {
	connected := false
	problems := map[virt.HostID]string{}
	for _, h := range w.machines.inventory.Hosts() {
		connected = connected || h.State == virt.HostConnected
		if h.State == virt.HostOffline {
			problems[h.ID] = h.Problem
		}
	}
	if connected {
		w.try.Enable()
	} else {
		w.try.DisableBecause(lang.L("No host is connected."))
	}
	if sameProblems(problems, w.shown) {
		return
	}
	w.shown = problems
	w.problems.Objects = nil
	for _, h := range w.machines.inventory.Hosts() {
		if h.State == virt.HostOffline {
			w.problems.Add(w.problemCard(h))
		}
	}
	w.content.Refresh()
}

func sameProblems(a, b map[virt.HostID]string) bool {
	if len(a) != len(b) {
		return false
	}
	for id, problem := range a {
		if other, there := b[id]; !there || other != problem {
			return false
		}
	}
	return true
}

// problemCard says why a host cannot be reached, what helps, and offers another
// attempt.
func (w *welcome) problemCard(h virt.Host) fyne.CanvasObject {
	const words = welcomeWidth - 2*16
	again := kit.Secondary("refresh-cw", lang.L("Try again"), nil).Small()
	again.OnPress(func() { w.machines.retry(h.ID, again) })
	body := kit.Col(8, kit.NewParagraph(kit.BodyText, h.Problem, words).In(theme.Muted))
	if h.Hint != "" {
		body.Add(kit.RowTop(8, kit.NewIcon("lightbulb", 16, theme.Accent), kit.Grow(kit.NewParagraph(kit.BodyText, lang.L(h.Hint), words-24))))
	}
	body.Add(kit.NewText(kit.SmallText, h.URI).Shorten())
	return kit.NewCard(silent(h), again, body)
}
