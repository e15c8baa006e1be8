package activity

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// asked is what the lists of the page shall have; zero fields let all through.
type asked struct {
	audit bool
	host  virt.HostID
	vm    virt.Ref
	actor string
	since time.Duration
}

const day = 24 * time.Hour

// from is the moment from which on rows are wanted.
func (a asked) from() time.Time {
	if a.since == 0 {
		return time.Time{}
	}
	return time.Now().Add(-a.since)
}

// operations is how the service is asked for operations.
func (a asked) operations() virt.OperationFilter {
	return virt.OperationFilter{Host: a.host, Target: a.vm, Actor: a.actor, Since: a.from(), Limit: mostOperations}
}

// rows is how the service is asked for rows of the audit log.
func (a asked) rows() virt.AuditFilter {
	return virt.AuditFilter{Host: a.host, Target: a.vm, Actor: a.actor, Since: a.from()}
}

// some says whether anything is left out but by age.
func (a asked) some() bool { return a.host != "" || a.vm.ID != "" || a.actor != "" }

// filters choose by host, machine, person and time among what was seen on the
// page since it was opened.
type filters struct {
	host, vm, actor, age *kit.Select
	hosts, actors        map[string]bool
	vms                  map[string]virt.Ref
	changed              func(func(*asked))
}

// filterWidth is how wide each of the choices is.
const filterWidth = 138

// newFilters makes the choices; changed gets what a choice changes.
func newFilters(changed func(func(*asked))) *filters {
	f := &filters{hosts: map[string]bool{}, actors: map[string]bool{}, vms: map[string]virt.Ref{}, changed: changed}
	f.host = kit.NewSelect(lang.L("Host"), nil, func(o kit.Option) { changed(func(a *asked) { a.host = virt.HostID(o.ID) }) })
	f.vm = kit.NewSelect(lang.L("Machine"), nil, func(o kit.Option) { changed(func(a *asked) { a.vm = f.vms[o.ID] }) })
	f.actor = kit.NewSelect(lang.L("Who"), nil, func(o kit.Option) { changed(func(a *asked) { a.actor = o.ID }) })
	f.age = kit.NewSelect(lang.L("When"), []kit.Option{
		{ID: day.String(), Label: lang.L("Last 24 hours")}, {ID: (7 * day).String(), Label: lang.L("Last 7 days")},
		{ID: (30 * day).String(), Label: lang.L("Last 30 days")}, {ID: (90 * day).String(), Label: lang.L("Last 90 days")},
		{ID: "", Label: lang.L("Any time")},
	}, func(o kit.Option) {
		since, _ := time.ParseDuration(o.ID) // written above
		changed(func(a *asked) { a.since = since })
	})
	f.age.Choose((90 * day).String())
	f.offer()
	return f
}

// row puts the choices beside each other: in their own width, or as wide as a
// line of their own lets them be.
func (f *filters) row(ownLine bool) *fyne.Container {
	row := kit.Row(8)
	for _, choice := range []*kit.Select{f.host, f.vm, f.actor, f.age} {
		if ownLine {
			row.Add(kit.Grow(choice))
		} else {
			row.Add(kit.Width(filterWidth, choice))
		}
	}
	return row
}

// see remembers what can be chosen.
func (f *filters) see(rows []row) {
	before := len(f.hosts) + len(f.actors) + len(f.vms)
	for _, r := range rows {
		if r.target.Host != "" {
			f.hosts[string(r.target.Host)] = true
		}
		if r.actor != "" {
			f.actors[r.actor] = true
		}
		if r.target.Kind == virt.KindVM && r.target.ID != "" {
			f.vms[string(r.target.Host)+"/"+r.target.ID] = r.target
		}
	}
	if len(f.hosts)+len(f.actors)+len(f.vms) != before {
		f.offer()
	}
}

func (f *filters) offer() {
	offer(f.host, lang.L("All hosts"), named(f.hosts))
	offer(f.actor, lang.L("Everybody"), named(f.actors))
	var machines []kit.Option
	for id, ref := range f.vms {
		help := ""
		if len(f.hosts) > 1 {
			help = string(ref.Host)
		}
		machines = append(machines, kit.Option{ID: id, Label: cmp.Or(ref.Name, ref.ID), Help: help})
	}
	offer(f.vm, lang.L("All machines"), machines)
}

func named(names map[string]bool) []kit.Option {
	var options []kit.Option
	for name := range names {
		options = append(options, kit.Option{ID: name, Label: name})
	}
	return options
}

// offer gives a choice its options, by name, behind the one for all.
func offer(choice *kit.Select, all string, options []kit.Option) {
	slices.SortFunc(options, func(a, b kit.Option) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)), strings.Compare(a.ID, b.ID))
	})
	chosen, _ := choice.Chosen()
	choice.SetOptions(append([]kit.Option{{ID: "", Label: all}}, options...))
	choice.Choose(chosen.ID)
}

// clear chooses all again, but for the time.
func (f *filters) clear() {
	for _, choice := range []*kit.Select{f.host, f.vm, f.actor} {
		choice.Choose("")
	}
	f.changed(func(a *asked) { *a = asked{audit: a.audit, since: a.since} })
}
