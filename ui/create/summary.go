package create

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// summary says what will be created, and what room that leaves on the host.
type summary struct {
	w       *wizard
	facts   *fyne.Container
	room    *kit.Text
	memory  *gauge
	pool    *gauge
	warning *kit.Paragraph
	warned  *fyne.Container
	all     *fyne.Container
}

func newSummary(w *wizard) *summary {
	s := &summary{w: w, facts: kit.Col(6), room: kit.NewText(kit.SmallText, "").Shorten(),
		memory: newGauge(theme.Violet), pool: newGauge(theme.Warn), warning: kit.NewParagraph(kit.SmallText, "", 170).In(theme.Text)}
	s.warned = kit.Stack(kit.NewBox(theme.Tint(theme.Warn), theme.None, 8),
		kit.Pad(10, 12, 10, 12, kit.RowTop(9, kit.NewIcon("triangle-alert", 15, theme.Warn), kit.Grow(s.warning))))
	s.all = kit.Col(14, kit.NewText(kit.StrongText, lang.L("This will be created")), s.facts, kit.HLine(), s.room, s.memory.all, s.pool.all, s.warned)
	return s
}

func (s *summary) content() fyne.CanvasObject { return s.all }

func (s *summary) show() {
	spec := s.w.sized()
	s.facts.Objects = nil
	add := func(name, value string) {
		fact, _ := kit.NewFactText(name, value)
		s.facts.Add(fact)
	}
	add(lang.L("Machine"), spec.Name)
	if o := s.w.os(); o.Known() {
		add(lang.L("System"), o.Name)
	}
	add(lang.L("Processor"), lang.L("{{.Count}} vCPU", map[string]any{"Count": spec.VCPUs}))
	add(lang.L("Memory"), parts.Size(spec.Memory))
	add(lang.L("Disk"), s.w.diskFact(spec))
	add(lang.L("Network"), s.w.networkWords())
	add(lang.L("Screen"), s.w.screenWords())
	s.showRoom(spec)
}

// showRoom compares the machine with what the host has.
func (s *summary) showRoom(spec virt.VMSpec) {
	f := s.w.facts
	s.room.SetText(lang.L("Room on {{.Host}} afterwards", map[string]any{"Host": s.w.draft.host}))
	s.room.Hidden = f.host.Memory == 0
	var warnings []string
	used := f.host.Memory - min(f.host.Memory, f.host.MemoryFree)
	s.memory.show(lang.L("Memory"), used, spec.Memory, f.host.Memory)
	if f.host.MemoryFree > 0 && spec.Memory > f.host.MemoryFree {
		warnings = append(warnings, lang.L("The machine’s memory is more than what is free on the host."))
	}
	pool, ok := f.poolFor(s.w.draft.pool)
	size := newBytes(spec)
	if !ok || !s.w.makesDisk() {
		s.pool.all.Hide()
	} else {
		s.pool.all.Show()
		s.pool.show(lang.L("Pool “{{.Name}}”", map[string]any{"Name": pool.Name}), pool.Capacity-min(pool.Capacity, pool.Available), size, pool.Capacity)
		if pool.Active && size > pool.Available {
			warnings = append(warnings, lang.L("The disk may grow to more than pool “{{.Name}}” has room for.", map[string]any{"Name": pool.Name}))
		}
	}
	s.warned.Hidden = len(warnings) == 0
	if len(warnings) > 0 {
		s.warning.SetText(warnings[0])
	}
	s.all.Refresh()
}

// newBytes is what the new disks may grow to.
func newBytes(spec virt.VMSpec) uint64 {
	var sum uint64
	for _, d := range spec.Disks {
		sum += d.Size
	}
	return sum
}

// gauge is a bar of what is taken and what the machine takes of it.
type gauge struct {
	token theme.Token
	name  *kit.Text
	words *kit.Text
	bar   *kit.UsageBar
	all   *fyne.Container
}

func newGauge(token theme.Token) *gauge {
	g := &gauge{token: token, name: kit.NewText(kit.SmallText, "").Shorten(), words: kit.NewText(kit.SmallMediumText, ""), bar: kit.NewUsageBar(6)}
	g.all = kit.Col(6, kit.Row(8, kit.Grow(g.name), g.words), g.bar)
	return g
}

func (g *gauge) show(name string, used, more, whole uint64) {
	g.all.Hidden = whole == 0
	if whole == 0 {
		return
	}
	g.name.SetText(name)
	g.words.SetText(parts.SizeOf(min(whole, used+more), whole))
	g.bar.Describe(name, g.words.Words())
	taken := float64(used) / float64(whole)
	g.bar.SetSegments(kit.Segment{Share: taken, Token: g.token},
		kit.Segment{Share: min(1-taken, float64(more)/float64(whole)), Token: theme.TintEdge(g.token)})
}
