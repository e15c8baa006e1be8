package machines

import (
	"context"
	"maps"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// hostBanners say on a page which hosts do not answer, and count down the
// seconds to the next attempt while the page can be seen.
type hostBanners struct {
	machines *Machines
	content  *fyne.Container
	shown    map[virt.HostID]*hostBanner
	refit    func() // lays the page out again
	visible  bool
	cancel   func()
}

type hostBanner struct {
	*kit.Banner
	state virt.HostState
}

func newHostBanners(m *Machines, refit func()) *hostBanners {
	return &hostBanners{machines: m, content: kit.Col(0), refit: refit, shown: map[virt.HostID]*hostBanner{}}
}

// show has the banners of those hosts that do not answer. A banner stays the
// same object as long as the state of its host does, and so keeps its focus.
func (b *hostBanners) show(ids ...virt.HostID) {
	var objects []fyne.CanvasObject
	still := map[virt.HostID]*hostBanner{}
	for _, id := range ids {
		h, found := b.machines.inventory.Host(id)
		if !found || h.State != virt.HostOffline && h.State != virt.HostSlow {
			continue
		}
		banner := b.shown[id]
		if banner == nil || banner.state != h.State {
			banner = &hostBanner{b.machines.newHostBanner(h), h.State}
		}
		banner.SetWords(silent(h), b.machines.waitWords(h))
		still[id] = banner
		objects = append(objects, kit.Pad(0, 0, 14, 0, banner))
	}
	if same := maps.Equal(still, b.shown); !same {
		b.shown = still
		b.content.Objects = objects
		b.refit()
	}
	b.count()
}

// setVisible says whether the seconds can be seen.
func (b *hostBanners) setVisible(visible bool) {
	b.visible = visible
	b.count()
}

// count lets a second pass, if there is something to count.
func (b *hostBanners) count() {
	if b.cancel != nil {
		b.cancel()
		b.cancel = nil
	}
	if b.visible && len(b.shown) > 0 {
		b.cancel = b.machines.kit.After(time.Second, b.tick)
	}
}

func (b *hostBanners) tick() {
	for id, banner := range b.shown {
		if h, found := b.machines.inventory.Host(id); found {
			banner.SetWords(silent(h), b.machines.waitWords(h))
		}
	}
	b.count()
}

// newHostBanner makes the banner of a host that does not answer, with the
// buttons that help.
func (m *Machines) newHostBanner(h virt.Host) *kit.Banner {
	details := kit.Quiet("", lang.L("Details"), func() { m.showProblem(h.ID) }).Small()
	if h.State == virt.HostSlow {
		return kit.NewBanner(kit.WarnBanner, silent(h), m.waitWords(h))
	}
	again := kit.Secondary("refresh-cw", lang.L("Try now"), nil).Small()
	again.OnPress(func() { m.retry(h.ID, again) })
	return kit.NewBanner(kit.ErrBanner, silent(h), m.waitWords(h), details, again)
}

// silent says in a few words what is wrong with a host that is not there.
func silent(h virt.Host) string {
	words := map[string]any{"Host": h.ID}
	if waits(h) {
		return lang.L("{{.Host}} is not connected", words)
	}
	return lang.L("{{.Host}} does not answer", words)
}

// waits says that the host is not tried again by itself: its answer was no, and a
// person has to decide something or to mend it.
func waits(h virt.Host) bool { return h.State == virt.HostOffline && h.Retry.IsZero() }

func (m *Machines) asOf(id virt.HostID) map[string]any {
	return map[string]any{"Time": parts.Clock(m.inventory.AsOf(id))}
}

// waitWords say when the host is tried again, or why not, and how old the picture is.
func (m *Machines) waitWords(h virt.Host) string {
	words := lang.L("Trying again now")
	if h.State == virt.HostSlow {
		words = lang.L("A call waits for its answer")
	} else if waits(h) {
		words = kit.Sentence(h.Problem)
	} else if wait := time.Until(h.Retry); wait > 0 {
		words = lang.L("Trying again in {{.Time}}", map[string]any{"Time": parts.Seconds(wait)})
	}
	if m.inventory.AsOf(h.ID).IsZero() {
		return words
	}
	return words + "  ·  " + lang.L("as of {{.Time}}", m.asOf(h.ID))
}

// retry tries the host now.
func (m *Machines) retry(id virt.HostID, button kit.Busy) {
	m.kit.RunOn(button, func(ctx context.Context) error { return m.svc.Hosts.Retry(ctx, id) })
}

// showProblem tells why the host cannot be reached, and the remedy.
func (m *Machines) showProblem(id virt.HostID) {
	h, found := m.inventory.Host(id)
	if !found {
		return
	}
	body := kit.Col(12)
	if h.Cause != "" {
		body.Add(kit.NewParagraph(kit.BodyText, lang.L(h.Cause), kit.NarrowDialog-48))
	}
	if h.Hint != "" {
		body.Add(kit.NewParagraph(kit.BodyText, lang.L(h.Hint), kit.NarrowDialog-48))
	}
	body.Add(kit.NewParagraph(kit.SmallText, h.Problem, kit.NarrowDialog-48))
	body.Add(kit.NewText(kit.SmallText, h.URI).Shorten())
	copyText := kit.Link("copy", lang.L("Copy"), func() { m.kit.App.Clipboard().SetContent(h.URI + "\n" + h.Problem) })
	kit.NewDialog(kit.DialogSpec{Title: silent(h), Body: body, Left: copyText, Cancel: lang.L("Close")}).Open(m.kit.Win.Canvas())
}

// usedHostMenu is what can be done with a host in use.
func (m *Machines) usedHostMenu(h virt.Host) []kit.MenuItem {
	offline := ""
	if h.State == virt.HostConnected || h.State == virt.HostConnecting {
		offline = lang.L("The host is connected.")
	}
	connected := ""
	if !reached(h) {
		connected = silent(h) + "."
	}
	return []kit.MenuItem{
		{Icon: "plus", Label: lang.L("New machine…"), Shortcut: NewKeys, Disabled: connected, Do: func() { m.newOn(h.ID) }},
		kit.MenuLine(),
		{Icon: "stethoscope", Label: lang.L("Check…"), Do: func() { m.OpenCheck(h.ID) }},
		{Icon: "refresh-cw", Label: lang.L("Try now"), Disabled: offline, Do: func() {
			m.kit.Run(func(ctx context.Context) error { return m.svc.Hosts.Retry(ctx, h.ID) })
		}},
	}
}
