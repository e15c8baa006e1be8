package create

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// locked is a file of the draft that the hypervisor may not read.
type locked struct {
	virt.FileAccess
	field  virt.Field
	volume bool // it lies in a pool already
}

// lockedFiles asks which files of the spec the hypervisor may not read. What is
// not there at all is said by the checks.
func (w *wizard) lockedFiles(ctx context.Context, host virt.HostID, spec virt.VMSpec) []locked {
	words := []struct {
		field virt.Field
		word  string
	}{{virt.FieldISO, spec.ISO}, {virt.FieldKernel, spec.Kernel}, {virt.FieldInitrd, spec.Initrd}}
	for _, d := range spec.Disks {
		words = append(words, struct {
			field virt.Field
			word  string
		}{virt.FieldDisk, d.Path + d.Volume})
	}
	var all []locked
	for _, f := range words {
		if f.word == "" {
			continue
		}
		a, err := w.Services.VMs.Access(ctx, host, f.word)
		if err == nil && len(a.Obstacles) > 0 {
			all = append(all, locked{FileAccess: a, field: f.field, volume: !filepath.IsAbs(f.word)})
		}
	}
	return all
}

// accessPanel says that the hypervisor may not read files, and asks what shall
// be done about it when the machine is made.
type accessPanel struct {
	w       *wizard
	step    int
	fields  []virt.Field
	title   *kit.Text
	reasons *kit.Paragraph
	choices *kit.Choices
	copies  bool // the choices include a copy
	size    string
	slot    *fyne.Container
	plan    *kit.Paragraph
	all     *fyne.Container
}

func newAccessPanel(w *wizard, step int, fields ...virt.Field) *accessPanel {
	p := &accessPanel{w: w, step: step, fields: fields, slot: kit.Stack(), title: kit.NewText(kit.StrongText, "").Shorten(),
		reasons: kit.NewParagraph(kit.SmallText, "", 480).In(theme.Text), plan: kit.NewParagraph(kit.SmallText, "", 500).In(theme.Text)}
	p.all = kit.Col(12, kit.Stack(kit.NewBox(theme.Tint(theme.Warn), theme.TintEdge(theme.Warn), 10), kit.PadAll(12,
		kit.RowTop(10, kit.NewIcon("triangle-alert", 18, theme.Warn), kit.Grow(kit.Col(3, p.title, p.reasons))))), p.slot, p.plan)
	p.all.Hide()
	w.panels = append(w.panels, p)
	return p
}

// show follows what the host has answered.
func (p *accessPanel) show() {
	files := p.w.locked(p.fields)
	if p.all.Hidden && len(files) > 0 {
		p.w.reveal = p.all
	}
	p.all.Hidden = len(files) == 0
	if p.all.Hidden {
		return
	}
	p.title.SetText(lang.L("The hypervisor cannot read this file"))
	if len(files) > 1 {
		p.title.SetText(lang.L("The hypervisor cannot read these files"))
	}
	var reasons []string
	copies := true
	for _, f := range files {
		for _, o := range f.Obstacles {
			reasons = append(reasons, reason(f, o))
		}
		copies = copies && !f.volume
	}
	p.reasons.SetText(strings.Join(reasons, " "))
	p.offer(copies, parts.Size(sizeOf(files)))
	p.choices.Choose(p.w.draft.unreadable)
	p.plan.SetText(p.w.accessPlan(files))
	p.plan.Hidden = p.plan.Words() == ""
}

// offer makes the choices; what lies in a pool is not copied into one.
func (p *accessPanel) offer(copies bool, size string) {
	if p.choices != nil && p.copies == copies && p.size == size {
		return
	}
	grant := kit.Choice{ID: virt.UnreadableGrant, Icon: "shield-check", Title: lang.L("Grant access"), Text: lang.L("To the file, where it lies")}
	offered := []kit.Choice{grant}
	if copies {
		offered = []kit.Choice{{ID: virt.UnreadableCopy, Icon: "copy", Title: lang.L("Copy it into a pool"),
			Text: lang.L("{{.Size}}; the file stays as it is", map[string]any{"Size": size})}, grant}
	}
	p.choices = kit.NewChoices(lang.L("What shall be done?"), 2, func(how string) {
		p.w.draft.unreadable = how
		p.w.changed()
	}, offered...)
	p.copies, p.size = copies, size
	p.slot.Objects = []fyne.CanvasObject{p.choices}
}

// locked are the files of the fields that the hypervisor may not read.
func (w *wizard) locked(fields []virt.Field) []locked {
	var files []locked
	for _, f := range w.found.locked {
		if slices.Contains(fields, w.shownAs(f.field)) {
			files = append(files, f)
		}
	}
	return files
}

// reason says what keeps the hypervisor from a file.
func reason(f locked, o virt.FileObstacle) string {
	words := map[string]any{"User": f.User, "Path": o.Path}
	if o.Needs == virt.NeedsEnter {
		return lang.L("Its user {{.User}} may not enter the folder {{.Path}}.", words)
	}
	return lang.L("Its user {{.User}} may not read {{.Path}}.", words)
}

func sizeOf(files []locked) uint64 {
	var sum uint64
	for _, f := range files {
		sum += f.Size
	}
	return sum
}

// accessPlan says what will be done, in full; nothing before a remedy is chosen.
func (w *wizard) accessPlan(files []locked) string {
	switch w.draft.unreadable {
	case virt.UnreadableCopy:
		words := map[string]any{"Size": parts.Size(sizeOf(files)), "Pool": lang.L("the default pool"), "Path": ""}
		if pool, ok := w.facts.poolFor(""); ok {
			words["Pool"] = lang.L("pool “{{.Name}}” at {{.Path}}", map[string]any{"Name": pool.Name, "Path": pool.Path})
		}
		return lang.L("When the machine is created, {{.Size}} are copied to {{.Pool}}. The copying can be followed and stopped.", words)
	case virt.UnreadableGrant:
		var commands []string
		for _, f := range files {
			for _, o := range f.Obstacles {
				commands = append(commands, "setfacl -m u:"+f.User+":"+permission(o)+" "+o.Path)
			}
		}
		return lang.L("When the machine is created, this is done: {{.Commands}}. It is taken back if the machine cannot be made.",
			map[string]any{"Commands": strings.Join(slices.Compact(commands), "; ")})
	}
	return ""
}

func permission(o virt.FileObstacle) string {
	if o.Needs == virt.NeedsEnter {
		return "x"
	}
	return "r"
}
