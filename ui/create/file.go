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
	into    *string
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
	c.all = kit.RowTop(14, kit.GrowBy(3, row), kit.GrowBy(2, kit.NewField(lang.L("Or a volume"), "", c.volumes)))
	return c
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
