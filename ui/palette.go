package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/machines"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/settings"
)

const (
	// recentSetting is where what was chosen in the palette is kept.
	recentSetting = "palette.recent"
	// keptRecent is how many things are remembered.
	keptRecent = 12
	// paletteKeys open the palette.
	paletteKeys = "Ctrl+K"
)

// openPalette shows the field that finds machines, pages, actions and settings.
func (w *Window) openPalette() {
	f := w.newFinder()
	var p *kit.Palette
	stop := w.machines.Inventory().Listen(func(c machines.Change) {
		if c == machines.RowsChanged {
			f = w.newFinder()
			p.Again()
		}
	})
	p = kit.OpenPalette(w.kit, kit.PaletteSpec{
		Name: lang.L("Search machines, pages, actions and settings"),
		None: lang.L("Nothing fits"),
		Tips: []kit.PaletteTip{{Typed: machinesOnly, Words: lang.L("machines")}, {Typed: commandsOnly, Words: lang.L("commands")}},
		Keys: kit.MustKeys(paletteKeys),
		Find: func(text string) []kit.PaletteGroup { return f.find(text) },
		Done: func(item kit.PaletteItem) { w.remember(item.ID) },
		Left: func() { stop() },
	})
}

// newFinder gathers all that can be found now.
func (w *Window) newFinder() *finder {
	f := &finder{act: w.act, recent: w.used()}
	f.selected, f.commands = w.selectedActions(), slices.Concat(w.shortcutActions(), w.tryOffers(), w.hostActions())
	f.places = append(w.placeOffers(), w.hostOffers()...)
	f.settings = w.settingOffers()
	f.machines = w.machineOffers()
	return f
}

// used is what was chosen lately, the latest first; what is being written down counts.
func (w *Window) used() []string {
	if w.recent != nil {
		return w.recent
	}
	var recent []string
	w.svc.Settings.UI(recentSetting, &recent)
	return recent
}

// remember puts the thing at the head of what was used lately.
func (w *Window) remember(id string) {
	recent := []string{id}
	for _, other := range w.used() {
		if other != id && len(recent) < keptRecent {
			recent = append(recent, other)
		}
	}
	w.recent = recent
	w.kit.Run(func(ctx context.Context) error { return w.svc.Settings.SetUI(ctx, recentSetting, recent) })
}

// act does to the machine what its menu has under that label now.
func (w *Window) act(m parts.Machine, label string) {
	now, still := w.machines.Inventory().Find(m.Ref())
	if !still {
		return
	}
	for _, item := range flat(w.machines.Menu([]parts.Machine{now})) {
		if item.Label == label {
			item.Do()
			return
		}
	}
}

// selectedActions are what can be done with the machines the page is about.
func (w *Window) selectedActions() []offer {
	page, ok := w.work.page().(machines.Targets)
	if !ok {
		return nil
	}
	targets := page.Targets()
	if len(targets) == 0 {
		return nil
	}
	name := targets[0].Name
	if len(targets) > 1 {
		name = lang.N("{{.Count}} machines", len(targets), map[string]any{"Count": len(targets)})
	}
	var offers []offer
	for _, item := range flat(w.machines.Menu(targets)) {
		offers = append(offers, offer{kit.PaletteItem{
			ID: "selected:" + item.Label, Icon: cmp.Or(item.Icon, "command"), Title: item.Label, Detail: name, Keys: item.Shortcut, Do: item.Do,
		}, []string{strings.ToLower(item.Label), strings.ToLower(name)}})
	}
	return offers
}

// shortcutActions are what the window's key combinations do, but for those that
// are found among the machines' actions, the places and the palette's own.
func (w *Window) shortcutActions() []offer {
	var offers []offer
	for _, s := range slices.Backward(w.kit.Shortcuts.List()) { // those of machines come last in the table
		if s.Palette == "" || s.When != nil && !s.When() {
			continue
		}
		offers = append(offers, offer{kit.PaletteItem{
			ID: "key:" + s.ID, Icon: s.Palette, Title: s.Name, Detail: s.Group, Keys: s.Keys.String(), Do: s.Do,
		}, []string{strings.ToLower(s.Name), strings.ToLower(s.Group)}})
	}
	return offers
}

func (w *Window) placeOffers() []offer {
	var offers []offer
	for _, p := range w.places {
		offers = append(offers, offer{kit.PaletteItem{
			ID: "place:" + p.id, Icon: p.icon, Title: p.title, Detail: lang.L("Page"), Keys: w.kit.Shortcuts.Keys("place." + p.id),
			Do: func() { w.work.open(target{place: p.id}, false) }, DoNew: func() { w.work.open(target{place: p.id}, true) },
		}, []string{strings.ToLower(p.title)}})
	}
	return offers
}

func (w *Window) hostOffers() []offer {
	var offers []offer
	for _, h := range w.machines.Inventory().Known() {
		ref := virt.HostRef(h.ID)
		offers = append(offers, offer{kit.PaletteItem{
			ID: "host:" + string(h.ID), Icon: "server", Title: string(h.ID), Detail: lang.L("Host"),
			Do: func() { w.openMachine(ref, "", false) }, DoNew: func() { w.openMachine(ref, "", true) },
		}, []string{strings.ToLower(string(h.ID)), strings.ToLower(h.URI), strings.ToLower(h.Hostname)}})
	}
	return offers
}

// tryOffers are the machine that shows that everything works, where it can be made.
func (w *Window) tryOffers() []offer {
	ask, ok := w.machines.Try()
	if !ok {
		return nil
	}
	title, detail := lang.L("Try a tiny Linux machine"), lang.L("Machines")
	return []offer{{kit.PaletteItem{ID: "try", Icon: "zap", Title: title, Detail: detail, Do: ask}, []string{strings.ToLower(title), strings.ToLower(detail)}}}
}

// hostActions are what can be done now with each host, saved ones too, and with
// the list of hosts. To open one is among the places.
func (w *Window) hostActions() []offer {
	var offers []offer
	add := false
	for _, h := range w.machines.Inventory().Known() {
		for _, item := range flat(w.machines.HostMenu(h)) {
			detail := string(h.ID)
			switch item.Label {
			case lang.L("Open"):
				continue
			case lang.L("Add host…"): // stands in every menu
				if add {
					continue
				}
				add, detail = true, lang.L("Hosts")
			}
			offers = append(offers, offer{kit.PaletteItem{
				ID: "host action:" + detail + ":" + item.Label, Icon: cmp.Or(item.Icon, "server"), Title: item.Label, Detail: detail, Keys: item.Shortcut, Do: item.Do,
			}, []string{strings.ToLower(item.Label), strings.ToLower(detail)}})
		}
	}
	return offers
}

// settingOffers are the sections of the settings and what is in them.
func (w *Window) settingOffers() []offer {
	var offers []offer
	for _, e := range settings.Entries() {
		place := cmp.Or(e.Place, lang.L("Settings"))
		t := target{place: settingsPlace, ref: e.Section, tab: e.Setting}
		offers = append(offers, offer{kit.PaletteItem{
			ID: "setting:" + e.Section.ID + ":" + e.Setting, Icon: e.Icon, Title: e.Title, Detail: place,
			Do: func() { w.openSetting(t, false) }, DoNew: func() { w.openSetting(t, true) },
		}, []string{strings.ToLower(e.Title), strings.ToLower(place)}})
	}
	return offers
}

// machineOffers are the machines of all hosts with what can be done with them.
// Machines in the same state share the list of that.
func (w *Window) machineOffers() []machineOffer {
	inv := w.machines.Inventory()
	several := len(inv.Hosts()) > 1
	verbs := map[situation][]verb{}
	var offers []machineOffer
	for _, m := range inv.Machines() {
		now := situation{m.State, m.Persistent, m.Autostart, m.HostState, m.Saved}
		can, known := verbs[now]
		if !known {
			can = verbsOf(w.machines.Menu([]parts.Machine{m}))
			verbs[now] = can
		}
		offers = append(offers, machineOffer{w.machineOffer(m, several), m, can})
	}
	return offers
}

func (w *Window) machineOffer(m parts.Machine, several bool) offer {
	ref, look := m.Ref(), parts.LookOf(m.State)
	address := w.machines.Inventory().KnownAddress(ref)
	facts := []string{look.Word}
	if several {
		facts = append(facts, string(m.Host))
	}
	if address != "" {
		facts = append(facts, address)
	}
	texts := []string{strings.ToLower(m.Name), strings.ToLower(m.Title), strings.ToLower(string(m.Host)), address}
	for _, tag := range m.Tags {
		texts = append(texts, strings.ToLower(tag))
	}
	return offer{kit.PaletteItem{
		ID: "vm:" + string(ref.Host) + "/" + ref.ID, Icon: look.Icon, Token: look.Token, Title: m.Name, Detail: strings.Join(facts, "  ·  "),
		Do: func() { w.openMachine(ref, "", false) }, DoNew: func() { w.openMachine(ref, "", true) },
	}, texts}
}

// openSetting shows a section of the settings and gives the keyboard to the
// setting that is named.
func (w *Window) openSetting(t target, another bool) {
	w.work.open(t, another)
	w.closeDrawer()
	w.work.showTab(t)
}
