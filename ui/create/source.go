package create

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// sourcePage asks where the system comes from.
type sourcePage struct {
	w       *wizard
	choices *kit.Choices
	parts   map[string]fyne.CanvasObject // what each source asks further
	words   map[string]*kit.Paragraph
	files   []*fileChoice
	copying *kit.Switch
	cmdline *kit.Entry
	nothing *caution // of a network that has nothing to boot
	access  *accessPanel
	all     *fyne.Container
}

func newSourcePage(w *wizard) *sourcePage {
	p := &sourcePage{w: w, nothing: newCaution(virt.FieldNetwork, 676)}
	p.choices = kit.NewChoices(lang.L("Source"), 3, func(id string) {
		w.draft.choose(id)
		w.changed()
	},
		kit.Choice{ID: sourceISO, Icon: "disc-3", Title: lang.L("Local ISO or CD"), Text: lang.L("An installer disc")},
		kit.Choice{ID: sourceImage, Icon: "import", Title: lang.L("Existing disk image"), Text: lang.L("Copied or in place")},
		kit.Choice{ID: sourceKernel, Icon: "terminal", Title: lang.L("Kernel and RAM disk"), Text: lang.L("No boot loader")},
		kit.Choice{ID: sourceNetwork, Icon: "network", Title: lang.L("Network boot"), Text: lang.L("From a PXE server")},
		kit.Choice{ID: sourceEmpty, Icon: "box", Title: lang.L("Empty machine"), Text: lang.L("Add media later")},
		kit.Choice{ID: sourceTry, Icon: "zap", Title: lang.L("Try it"), Text: lang.L("A tiny Linux, in seconds")},
	)
	w.cards = append(w.cards, p.choices)
	p.words = map[string]*kit.Paragraph{}
	p.parts = map[string]fyne.CanvasObject{
		sourceISO:     kit.Col(12, p.isoFile(), p.said(sourceISO, "")),
		sourceImage:   p.imageFile(),
		sourceKernel:  p.kernelFiles(),
		sourceNetwork: kit.Col(12, p.said(sourceNetwork, lang.L("The machine asks its network for something to boot, from its network card, every time its disk is empty. A server in that network must answer by DHCP and TFTP or HTTP.")), p.nothing.content),
		sourceEmpty:   p.said(sourceEmpty, lang.L("The machine gets an empty disk and nothing to boot from. Put a medium into it later, or a system onto its disk.")),
		sourceTry:     p.said(sourceTry, lang.L("It boots in seconds to a shell on its screen, gets an address by DHCP, obeys the power button, and takes 128 MiB of memory. Nothing is installed.")),
	}
	p.access = newAccessPanel(w, sourceStep, virt.FieldISO, virt.FieldKernel, virt.FieldInitrd, fieldImage)
	p.all = kit.Col(16, p.choices)
	for _, id := range []string{sourceISO, sourceImage, sourceKernel, sourceNetwork, sourceEmpty, sourceTry} {
		p.all.Add(kit.Stack(kit.NewBox(theme.None, theme.Line, 12), kit.PadAll(16, p.parts[id])))
		p.parts[id] = p.all.Objects[len(p.all.Objects)-1]
	}
	p.all.Add(p.access.all)
	return p
}

// diskEndings are how the names of disk images usually end.
var diskEndings = []string{".qcow2", ".img", ".raw", ".vmdk", ".vdi", ".vhdx"}

// said makes a paragraph that explains a source.
func (p *sourcePage) said(source, words string) *kit.Paragraph {
	p.words[source] = kit.NewParagraph(kit.BodyText, words, 700).In(theme.Muted)
	return p.words[source]
}

func (p *sourcePage) file(known virt.Field, label, help string, into *string, wanted func(virt.Volume) bool) *fileChoice {
	c := newFileChoice(p.w, known, sourceStep, label, help, into, wanted)
	p.files = append(p.files, c)
	return c
}

func (p *sourcePage) isoFile() fyne.CanvasObject {
	file := p.file(virt.FieldISO, lang.L("Image to install from"), lang.L("A file of the host, or a drive"), &p.w.draft.iso, isMedium)
	file.endings = []string{".iso", ".img"}
	return file.all
}

func (p *sourcePage) imageFile() fyne.CanvasObject {
	file := newFileChoice(p.w, fieldImage, sourceStep, lang.L("Disk image"), lang.L("qcow2, raw, vmdk, vdi or vhdx"), &p.w.draft.image, isDisk)
	file.byPath = func() bool { return p.w.draft.copyImage }
	file.endings = diskEndings
	p.files = append(p.files, file)
	p.copying = kit.NewSwitch(lang.L("Copy it into a pool"), func(on bool) {
		p.w.draft.copyImage = on
		p.w.changed()
	})
	row := kit.NewSettingRow(lang.L("Copy it into a pool"), lang.L("The image itself stays as it is. Otherwise the machine writes to it."), p.copying)
	return kit.Col(14, file.all, kit.HLine(), row)
}

func (p *sourcePage) kernelFiles() fyne.CanvasObject {
	kernel := p.file(virt.FieldKernel, lang.L("Kernel"), "", &p.w.draft.kernel, isAnyFile)
	initrd := p.file(virt.FieldInitrd, lang.L("Initial RAM disk"), lang.L("May be left out"), &p.w.draft.initrd, isAnyFile)
	entry, row := p.w.entry(virt.FieldCmdline, sourceStep, lang.L("Kernel command line"), "", "console=ttyS0", &p.w.draft.cmdline)
	p.cmdline = entry
	return kit.Col(14, kernel.all, initrd.all, row)
}

func (p *sourcePage) content() fyne.CanvasObject { return p.all }

func (p *sourcePage) show() {
	d := p.w.draft
	p.choices.Choose(d.source)
	for id, part := range p.parts {
		if id == d.source {
			part.Show()
		} else {
			part.Hide()
		}
	}
	for _, f := range p.files {
		f.show()
	}
	p.access.show()
	p.copying.SetOn(d.copyImage)
	p.cmdline.SetText(d.cmdline)
	p.words[sourceISO].SetText(p.recognised())
	p.nothing.show(p.w.found)
}

// recognised says what the image to install from is.
func (p *sourcePage) recognised() string {
	m, problem := p.w.found.medium, p.w.problems()[virt.FieldISO]
	switch {
	case p.w.draft.iso == "", problem != nil && !errors.Is(problem, virt.ErrForbidden):
		return lang.L("Its operating system is recognised where its label is known.")
	case errors.Is(p.w.found.unread, virt.ErrInvalid):
		return lang.L("It is not an image of a CD or DVD, whose names usually end with .iso. A machine will hardly boot from it.")
	case m.Path == "":
		return lang.L("It cannot be read from here; choose the operating system in the next step.")
	case !m.OS.Known():
		return lang.L("“{{.Label}}” is not known; choose the operating system in the next step.", map[string]any{"Label": m.Volume})
	default:
		return lang.L("Recognised as {{.System}} by its label “{{.Label}}”.", map[string]any{"System": m.OS.Name, "Label": m.Volume})
	}
}
