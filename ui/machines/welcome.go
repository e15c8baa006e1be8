package machines

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/host"
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
	create   *kit.LinkCard
	try      *kit.LinkCard
	problems *fyne.Container
	shown    map[virt.HostID]string // problem of each host whose card is shown
	checks   *fyne.Container
	cards    map[virt.HostID]*checkCard
	visible  bool
	column   *fyne.Container
	content  *container.Scroll
}

func newWelcome(m *Machines) *welcome {
	w := &welcome{machines: m, problems: kit.Col(14), shown: map[virt.HostID]string{}, checks: kit.Col(14), cards: map[virt.HostID]*checkCard{}}
	w.create = kit.NewLinkCard("plus", lang.L("New machine"),
		lang.L("From an installation disc, a disk that you have, the network, or an empty disk."), m.NewMachine)
	w.try = kit.NewLinkCard("play", lang.L("Try a tiny Linux machine"),
		lang.L("Built in seconds from this computer’s own parts, to see that everything works."), m.tryTiny)
	cards, words := kit.Grid(2, 14, w.create, w.try), lang.L("Create your first machine.")
	if m.hosts != nil {
		cards = kit.Grid(3, 14, w.create, w.try, kit.NewLinkCard("server", lang.L("Connect to a host"),
			lang.L("Over SSH or TLS. Machines made with other programs appear at once."), m.hosts.Add))
		words = lang.L("Create your first machine, or connect to a host that already has some.")
	}
	w.problems.Hide()
	hero := kit.ColCenter(6, kit.Gap(1, 10), kit.NewMark(64), kit.Gap(1, 8),
		kit.NewText(kit.DisplayText, lang.L("Welcome to KVM Manager")),
		kit.NewText(kit.BodyText, words).In(theme.Muted))
	column := kit.Col(22, hero, cards, w.problems, w.checks)
	w.column = kit.Pad(26, 24, 16, 24, kit.Middle(welcomeWidth, column))
	w.content = container.NewVScroll(w.column)
	return w
}

// refit lays the cards out again after one of them has changed its height.
func (w *welcome) refit() {
	w.column.Refresh()
	w.content.Refresh()
}

// show follows the state of the hosts.
func (w *welcome) show() {
	connected := false
	problems := map[virt.HostID]string{}
	for _, h := range w.machines.inventory.Hosts() {
		connected = connected || reached(h)
		if h.State == virt.HostOffline {
			problems[h.ID] = h.Problem
		}
	}
	for _, card := range []*kit.LinkCard{w.create, w.try} {
		if connected {
			card.Enable()
		} else {
			card.DisableBecause(lang.L("No host is connected."))
		}
	}
	w.showChecks()
	if sameProblems(problems, w.shown) {
		return
	}
	w.shown = problems
	w.problems.Objects, w.problems.Hidden = nil, len(problems) == 0
	for _, h := range w.machines.inventory.Hosts() {
		if h.State == virt.HostOffline {
			w.problems.Add(w.problemCard(h))
		}
	}
	w.refit()
}

// A checkCard is the findings about a host on the welcome.
type checkCard struct {
	*checks
	content fyne.CanvasObject
	reached bool // the host answered when it was looked at last
}

// newCheckCard makes the card, which comes with its first words. The first time
// that something fails on the host a dialog says so by itself.
func (w *welcome) newCheckCard(h virt.Host) *checkCard {
	card := &checkCard{reached: reached(h)}
	card.checks = newChecks(w.machines, h.ID, func() {
		card.content.Show()
		w.refit()
	})
	if w.machines.first != nil {
		card.told = func(found []virt.Check) { w.machines.first.take(h.ID, found) }
	}
	card.content = card.card()
	card.content.Hide()
	card.setVisible(w.visible)
	card.view.Changed()
	return card
}

// showChecks has a card of findings for every host that was ever reached, and
// for this computer whether it answers or not; it looks again when that changes.
func (w *welcome) showChecks() {
	for _, h := range w.machines.inventory.Hosts() {
		card := w.cards[h.ID]
		switch {
		case h.State != virt.HostConnected && h.State != virt.HostOffline: // not known yet
		case card == nil && (reached(h) || host.IsLocal(h.URI)):
			card = w.newCheckCard(h)
			w.cards[h.ID] = card
			w.checks.Add(card.content)
		case card != nil && card.reached != reached(h):
			card.reached = reached(h)
			card.view.Changed()
		}
	}
}

// setVisible says whether the welcome can be seen.
func (w *welcome) setVisible(visible bool) {
	if w.visible == visible {
		return
	}
	w.visible = visible
	for _, card := range w.cards {
		card.setVisible(visible)
	}
}

func (w *welcome) close() {
	for _, card := range w.cards {
		card.close()
	}
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
	body := kit.Col(8)
	if h.Cause != "" {
		body.Add(kit.NewParagraph(kit.BodyText, lang.L(h.Cause), words))
	}
	body.Add(kit.NewParagraph(kit.BodyText, h.Problem, words).In(theme.Muted))
	if h.Hint != "" {
		body.Add(kit.RowTop(8, kit.NewIcon("lightbulb", 16, theme.Accent), kit.Grow(kit.NewParagraph(kit.BodyText, lang.L(h.Hint), words-24))))
	}
	body.Add(kit.NewText(kit.SmallText, h.URI).Shorten())
	return kit.NewCard(silent(h), again, body)
}
