package create

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// fileChoice names a file: by its path or as a volume of a pool, which can be
// chosen from a list.
type fileChoice struct {
	w       *wizard
	entry   *kit.Entry
	volumes *kit.Select
	wanted  func(virt.Volume) bool
	byPath  func() bool // a volume is named by its path
	browse  *kit.Button
	into    *string
	endings []string // of its files; none: any
	all     *fyne.Container
}

// newFileChoice returns the controls for a part of the draft. wanted says which
// volumes are in the list.
func newFileChoice(w *wizard, known virt.Field, step int, label, help string, into *string, wanted func(virt.Volume) bool) *fileChoice {
	c := &fileChoice{w: w, into: into, wanted: wanted, byPath: func() bool { return false }}
	entry, row := w.entry(known, step, label, help, lang.L("Path, or POOL/NAME of a volume"), into)
	c.entry = entry
	follow := entry.OnChanged
	entry.OnChanged = func(text string) {
		w.draft.unreadable = "" // it was chosen for another file
		follow(text)
	}
	c.volumes = kit.NewSelect(lang.L("{{.What}}: volumes", map[string]any{"What": label}), nil, c.pick)
	c.browse = kit.SecondaryIcon("folder-open", lang.L("{{.What}}: choose a file of this computer", map[string]any{"What": label}), func() { c.chooseFile(label) })
	beside := kit.NewField("", "", c.browse)
	c.all = kit.RowTop(14, kit.GrowBy(3, kit.RowTop(8, kit.Grow(row), beside)), kit.GrowBy(2, kit.NewField(lang.L("Or a volume"), "", c.volumes)))
	return c
}

// chooseFile asks for a file of this computer, which is the host.
func (c *fileChoice) chooseFile(label string) {
	parts.ChooseFile(c.w.Kit, parts.FileQuestion{Title: label, At: *c.into, Endings: c.endings, Chosen: func(path string) {
		*c.into, c.w.draft.unreadable = path, ""
		c.w.changed()
	}})
}

func (c *fileChoice) pick(o kit.Option) {
	for _, v := range c.w.facts.volumes {
		if v.Pool+"/"+v.Name == o.ID {
			*c.into, c.w.draft.unreadable = o.ID, ""
			if c.byPath() {
				*c.into = v.Path
			}
		}
	}
	c.w.changed()
}

// show follows the draft and the host's volumes.
func (c *fileChoice) show() {
	c.entry.SetText(*c.into)
	if c.w.facts.options.Local {
		c.browse.Enable()
	} else {
		c.browse.DisableBecause(lang.L("The host’s files cannot be listed from here: type the path, or choose a volume."))
	}
	var options []kit.Option
	chosen := ""
	for _, v := range c.w.facts.volumes {
		if !c.wanted(v) {
			continue
		}
		id := v.Pool + "/" + v.Name
		options = append(options, kit.Option{ID: id, Label: id, Help: v.Format + " · " + parts.Size(v.Capacity)})
		if *c.into == id || *c.into == v.Path {
			chosen = id
		}
	}
	c.volumes.SetOptions(options)
	c.volumes.Choose(chosen)
	if len(options) == 0 {
		c.volumes.DisableBecause(lang.L("There is no suitable volume."))
	} else {
		c.volumes.Enable()
	}
}

func isMedium(v virt.Volume) bool { return v.Format == "iso" }

func isDisk(v virt.Volume) bool { return v.Format != "iso" && v.Format != "dir" }

func isAnyFile(v virt.Volume) bool {
	return v.Format == "raw" || v.Format == "unknown" || v.Format == ""
}
