package create

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// storagePage asks for the machine's disk.
type storagePage struct {
	w        *wizard
	choices  *kit.Choices
	size     *kit.Entry
	sizeRow  *kit.FormRow
	formats  []*kit.Select
	pool     *kit.Select
	poolRow  *kit.FormRow
	file     *fileChoice
	note     *kit.Paragraph
	access   *accessPanel
	made     *fyne.Container // what a new or copied disk asks
	existing *fyne.Container
	all      *fyne.Container
}

// The IDs of the choices of disks.
var diskChoices = []string{newDisk: "new", existingDisk: "existing", noDisk: "none"}

func newStoragePage(w *wizard) *storagePage {
	p := &storagePage{w: w}
	p.choices = kit.NewChoices(lang.L("Disk"), 3, p.choose,
		kit.Choice{ID: diskChoices[newDisk], Icon: "plus", Title: lang.L("A new disk"), Text: lang.L("Empty, in a pool")},
		kit.Choice{ID: diskChoices[existingDisk], Icon: "hard-drive", Title: lang.L("An existing disk"), Text: lang.L("Volume or file")},
		kit.Choice{ID: diskChoices[noDisk], Icon: "minus", Title: lang.L("No disk"), Text: lang.L("It can be added later")})
	w.cards = append(w.cards, p.choices)
	p.note = kit.NewParagraph(kit.BodyText, "", 500).In(theme.Muted)
	p.size, p.sizeRow = w.entry(virt.FieldSize, storageStep, lang.L("Size"), lang.L("With a unit, such as 20 GiB"), "", &w.draft.size)
	p.pool = kit.NewSelect(lang.L("Pool"), nil, func(o kit.Option) {
		w.draft.pool = o.ID
		w.changed()
	})
	p.poolRow = kit.NewField(lang.L("Pool"), "", p.pool)
	w.fields[virt.FieldPool] = &field{row: p.poolRow, step: storageStep, touched: true}
	p.made = kit.Col(16, kit.Grid(2, 14, p.sizeRow, p.format()), p.poolRow)
	p.file = newFileChoice(w, virt.FieldDisk, storageStep, lang.L("Existing disk"), "", &w.draft.file, isDisk)
	p.file.endings = diskEndings
	p.access = newAccessPanel(w, storageStep, virt.FieldDisk)
	p.existing = kit.Col(16, p.file.all, kit.Grid(2, 14, p.format()), p.access.all)
	p.all = kit.Col(18, p.choices, p.note, p.made, p.existing)
	return p
}

// choose takes another kind of disk.
func (p *storagePage) choose(id string) {
	for kind, word := range diskChoices {
		if word == id {
			p.w.draft.disk = kind
		}
	}
	p.w.changed()
}

// format makes a list of formats; both kinds of disks have one.
func (p *storagePage) format() *kit.FormRow {
	s := kit.NewSelect(lang.L("Format"), nil, func(o kit.Option) {
		p.w.draft.format = o.ID
		p.w.changed()
	})
	p.formats = append(p.formats, s)
	return kit.NewField(lang.L("Format"), lang.L("How the disk is kept in its file"), s)
}

func (p *storagePage) content() fyne.CanvasObject { return p.all }

func (p *storagePage) show() {
	d := p.w.draft
	image := d.source == sourceImage
	p.choices.Hidden = image
	p.choices.Choose(diskChoices[d.disk])
	p.made.Hidden = !p.w.makesDisk()
	p.sizeRow.Hidden = image
	p.existing.Hidden = image || d.disk != existingDisk
	p.note.SetText(p.words())
	p.note.Hidden = p.note.Words() == ""
	disks := p.w.found.suggested.Disks
	if !image && len(disks) > 0 {
		p.w.fill(virt.FieldSize, d.size, sizeText(disks[0].Size))
	}
	for i, s := range p.formats {
		s.SetOptions(formatOptions(i > 0 || image))
		s.Choose(d.format)
	}
	p.showPools()
	p.file.show()
	p.access.show()
}

// words explain what there is nothing to choose about.
func (p *storagePage) words() string {
	d := p.w.draft
	switch {
	case d.source == sourceImage && d.copyImage:
		return lang.L("The disk image is copied; the copy grows on demand.")
	case d.source == sourceImage:
		return lang.L("The machine uses the disk image where it lies, and writes to it.")
	case d.source == sourceTry && d.disk == noDisk:
		return lang.L("The tiny Linux lives in memory and needs no disk.")
	}
	return ""
}

func (p *storagePage) showPools() {
	auto := kit.Option{ID: "", Label: lang.L("Automatic"), Help: lang.L("The default pool, which is made where it is missing")}
	if chosen, ok := p.w.facts.poolFor(""); ok {
		auto.Label = poolLabel(chosen)
		auto.Help = ""
	}
	options := []kit.Option{auto}
	for _, pool := range p.w.facts.pools {
		if poolLabel(pool) != auto.Label {
			options = append(options, kit.Option{ID: pool.Name, Label: poolLabel(pool), Help: pool.Path})
		}
	}
	p.pool.SetOptions(options)
	p.pool.Choose(p.w.draft.pool)
	p.poolRow.SetHelp(lang.L("There is none yet; the default pool is made, after asking"))
	if pool, ok := p.w.facts.poolFor(p.w.draft.pool); ok {
		p.poolRow.SetHelp(pool.Path)
	}
}

func poolLabel(p virt.Pool) string {
	if !p.Active {
		return p.Name + "  ·  " + lang.L("stopped, will be started")
	}
	return p.Name + "  ·  " + lang.L("{{.Size}} free", map[string]any{"Size": parts.Size(p.Available)})
}

// formatOptions are those of disks. The format of one that exists is its own.
func formatOptions(exists bool) []kit.Option {
	first := kit.Option{ID: "", Label: lang.L("qcow2, grows on demand"), Help: lang.L("Takes room as the machine fills it; snapshots")}
	second := kit.Option{ID: "raw", Label: lang.L("raw"), Help: lang.L("A little faster, without snapshots")}
	if !exists {
		return []kit.Option{first, second}
	}
	first.ID = "qcow2"
	return []kit.Option{{ID: "", Label: lang.L("As it is"), Help: lang.L("As the pool or the file’s name says")}, first, second}
}

// makesDisk says whether a disk is made or copied.
func (w *wizard) makesDisk() bool {
	if w.draft.source == sourceImage {
		return w.draft.copyImage
	}
	return w.draft.disk == newDisk
}
