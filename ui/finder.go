package ui

import (
	"cmp"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// How many things the palette shows of a group, when one of several and alone.
const (
	mostOfGroup = 7
	mostAlone   = 40
)

// recentBonus is what a thing that was used lately gains, less for each that was
// used after it.
const recentBonus = 24

// What may be typed first to look only among some things.
const (
	commandsOnly = ">"
	machinesOnly = "@"
	tagsOnly     = "#"
)

// An offer is something that the palette can find: its item, and the texts that
// are searched, in lower case.
type offer struct {
	kit.PaletteItem
	texts []string
}

// A machineOffer is a machine and what can be done with it now.
type machineOffer struct {
	offer
	machine parts.Machine
	verbs   []verb // shared by all machines in the same state
}

// A verb is an entry of a machine's menu that can be chosen now.
type verb struct {
	icon, label, keys string
	lower             string
	checked           bool
}

// finder looks for what is typed into the palette, in what the window knew when
// it was made.
type finder struct {
	selected []offer // what can be done with the machines the page is about
	commands []offer // of the window
	places   []offer // places and hosts
	settings []offer
	machines []machineOffer
	recent   []string // IDs, the latest first
	act      func(m parts.Machine, label string)
}

// find returns the best of each group.
func (f *finder) find(text string) []kit.PaletteGroup {
	text = strings.TrimSpace(text)
	for _, only := range []struct {
		sign string
		find func(q kit.Query) []kit.PaletteGroup
	}{{commandsOnly, f.findCommands}, {machinesOnly, f.findMachines}, {tagsOnly, f.findTags}} {
		if rest, cut := strings.CutPrefix(text, only.sign); cut {
			return only.find(kit.NewQuery(rest))
		}
	}
	q := kit.NewQuery(text)
	if q.Empty() {
		return f.suggestions()
	}
	groups := []found{
		{lang.L("Actions"), f.best(q, mostOfGroup, f.selected, f.commands, f.verbsFor(q))},
		{lang.L("Go to"), f.best(q, mostOfGroup, f.places, f.machineItems())},
		{lang.L("Settings and help"), f.best(q, mostOfGroup, f.settings)},
	}
	slices.SortStableFunc(groups, func(a, b found) int { return cmp.Compare(b.top(), a.top()) })
	return shown(groups...)
}

// suggestions are what is offered before anything is typed.
func (f *finder) suggestions() []kit.PaletteGroup {
	known := map[string]offer{}
	for _, list := range [][]offer{f.selected, f.commands, f.places, f.settings, f.machineItems()} {
		for _, o := range list {
			known[o.ID] = o
		}
	}
	var recent []scored
	for _, id := range f.recent {
		o, still := known[id]
		if !still {
			o, still = f.remembered(id)
		}
		if still && len(recent) < mostOfGroup {
			recent = append(recent, scored{o, 1})
		}
	}
	all := func(title string, offers []offer) found {
		g := found{title: title}
		for _, o := range offers {
			if len(g.items) < mostOfGroup && !slices.Contains(f.recent, o.ID) {
				g.items = append(g.items, scored{o, 1})
			}
		}
		return g
	}
	return shown(found{lang.L("Recent"), recent}, all(lang.L("Actions on what is selected"), f.selected),
		all(lang.L("Go to"), slices.Concat(f.places, f.machineItems())), all(lang.L("Actions"), f.commands))
}

// remembered finds an action on a machine by its ID, if it is possible now.
func (f *finder) remembered(id string) (offer, bool) {
	for _, m := range f.machines {
		for _, v := range m.verbs {
			if verbID(m, v) == id {
				return f.verbOffer(m, v), true
			}
		}
	}
	return offer{}, false
}

func (f *finder) findCommands(q kit.Query) []kit.PaletteGroup {
	return shown(
		found{lang.L("Actions"), f.best(q, mostAlone, f.selected, f.commands, f.verbsFor(q))},
		found{lang.L("Settings and help"), f.best(q, mostOfGroup, f.settings)})
}

func (f *finder) findMachines(q kit.Query) []kit.PaletteGroup {
	return shown(found{lang.L("Machines"), f.best(q, mostAlone, f.machineItems())})
}

// findTags looks at the tags alone.
func (f *finder) findTags(q kit.Query) []kit.PaletteGroup {
	var tagged []offer
	for _, m := range f.machines {
		if len(m.machine.Tags) > 0 {
			o := m.offer
			o.Detail = strings.Join(m.machine.Tags, ", ")
			o.texts = []string{strings.ToLower(o.Detail)}
			tagged = append(tagged, o)
		}
	}
	return shown(found{lang.L("Machines"), f.best(q, mostAlone, tagged)})
}

func (f *finder) machineItems() []offer {
	all := make([]offer, len(f.machines))
	for i, m := range f.machines {
		all[i] = m.offer
	}
	return all
}

// verbsFor returns what can be done with which machines so that every word of
// the query is in the action or in the machine, and one at least in the action.
func (f *finder) verbsFor(q kit.Query) []offer {
	words := q.Words()
	if len(words) == 0 {
		return nil
	}
	inVerb := map[string]uint64{} // the words that fit the label, a bit each
	var offers []offer
	for _, m := range f.machines {
		var inMachine uint64
		counted := false
		for _, v := range m.verbs {
			mask, known := inVerb[v.lower]
			if !known {
				mask = maskOf(words, v.lower)
				inVerb[v.lower] = mask
			}
			if mask == 0 {
				continue
			}
			if !counted {
				inMachine, counted = maskOf(words, m.texts...), true
			}
			if mask|inMachine == uint64(1)<<min(len(words), 63)-1 {
				offers = append(offers, f.verbOffer(m, v))
			}
		}
	}
	return offers
}

// maskOf has a bit for each word, of 63 at most, that fits one of the texts.
func maskOf(words []string, texts ...string) (mask uint64) {
	for i, word := range words[:min(len(words), 63)] {
		if kit.NewQuery(word).Match(texts...) > 0 {
			mask |= 1 << i
		}
	}
	return mask
}

func verbID(m machineOffer, v verb) string { return "do:" + v.label + ":" + m.ID }

func (f *finder) verbOffer(m machineOffer, v verb) offer {
	detail := m.Title
	if v.checked {
		detail = lang.L("{{.Name}}, is on", map[string]any{"Name": m.Title})
	}
	machine, label := m.machine, v.label
	return offer{kit.PaletteItem{
		ID: verbID(m, v), Icon: v.icon, Title: v.label, Detail: detail, Do: func() { f.act(machine, label) },
	}, append([]string{v.lower}, m.texts...)}
}

// A found is a group with the scores of its items.
type found struct {
	title string
	items []scored
}

type scored struct {
	offer
	score int
}

func (g found) top() int {
	if len(g.items) == 0 {
		return 0
	}
	return g.items[0].score
}

// best returns the offers that fit the query best, each once.
func (f *finder) best(q kit.Query, most int, lists ...[]offer) []scored {
	var all []scored
	for _, list := range lists {
		for _, o := range list {
			score := q.Match(o.texts...)
			if score == 0 {
				continue
			}
			if at := slices.Index(f.recent, o.ID); at >= 0 {
				score += max(1, recentBonus-2*at)
			}
			all = append(all, scored{o, score})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	var best []scored
	for _, s := range all {
		if len(best) == most {
			break
		}
		if !slices.ContainsFunc(best, func(o scored) bool { return o.Title == s.Title && o.Detail == s.Detail }) && !crowded(q, best, s) {
			best = append(best, s)
		}
	}
	return best
}

// mostAlike is of how many machines one action is offered before a word about
// the machine is typed.
const mostAlike = 3

// crowded says whether the same action is offered often enough.
func crowded(q kit.Query, best []scored, next scored) bool {
	alike := 0
	for _, s := range best {
		if s.Title == next.Title {
			alike++
		}
	}
	return alike >= mostAlike && len(q.Words()) == 1
}

func shown(groups ...found) []kit.PaletteGroup {
	var all []kit.PaletteGroup
	for _, g := range groups {
		if len(g.items) == 0 {
			continue
		}
		items := make([]kit.PaletteItem, len(g.items))
		for i, s := range g.items {
			items[i] = s.PaletteItem
		}
		all = append(all, kit.PaletteGroup{Title: g.title, Items: items})
	}
	return all
}

// verbsOf flattens a menu to what can be chosen in it.
func verbsOf(items []kit.MenuItem) []verb {
	var all []verb
	for _, item := range flat(items) {
		all = append(all, verb{icon: cmp.Or(item.Icon, "command"), label: item.Label, keys: item.Shortcut, lower: strings.ToLower(item.Label), checked: item.Checked})
	}
	return all
}

// flat are the items of a menu and its submenus that do something now.
func flat(items []kit.MenuItem) []kit.MenuItem {
	var all []kit.MenuItem
	for _, item := range items {
		switch {
		case item.Line || item.Off || item.Disabled != "":
		case len(item.Sub) > 0:
			all = append(all, flat(item.Sub)...)
		case item.Do != nil:
			all = append(all, item)
		}
	}
	return all
}

// situation is all that the entries of a machine's menu depend on.
type situation struct {
	state                 virt.VMState
	persistent, autostart bool
	host                  virt.HostState
	saved                 bool
}
