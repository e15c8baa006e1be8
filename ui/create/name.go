package create

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// namePage asks for name, host, operating system and firmware.
type namePage struct {
	w         *wizard
	name      *kit.Entry
	host      *kit.Select
	hostRow   *kit.FormRow
	system    *systemPicker
	firmware  *kit.Select
	firmRow   *kit.FormRow
	tpm       *kit.Select
	tpmRow    *kit.FormRow
	all       *fyne.Container
	systemRow *fyne.Container
}

func newNamePage(w *wizard) *namePage {
	p := &namePage{w: w}
	entry, row := w.entry(virt.FieldName, nameStep, lang.L("Name"), lang.L("Of the machine and its files"), "", &w.draft.name)
	p.name = entry
	follow := entry.OnChanged
	entry.OnChanged = func(text string) {
		w.named = true
		w.fields[virt.FieldName].touched = true
		follow(text)
	}
	p.host = kit.NewSelect(lang.L("Host"), w.hostOptions(), func(o kit.Option) {
		w.draft.host = virt.HostID(o.ID)
		w.facts = facts{}
		w.changed()
		w.ask()
	})
	p.hostRow = kit.NewField(lang.L("Host"), "", p.host)
	p.system = newSystemPicker(w)
	p.systemRow = kit.Col(6, kit.NewText(kit.SmallMediumText, lang.L("Operating system")), p.system.all)
	p.firmware = kit.NewSelect(lang.L("Firmware"), nil, func(o kit.Option) {
		w.draft.firmware = o.ID
		w.changed()
	})
	p.firmRow = kit.NewField(lang.L("Firmware"), lang.L("What the machine boots by"), p.firmware)
	p.tpm = kit.NewSelect(lang.L("Trusted platform module (TPM 2.0)"), []kit.Option{
		{ID: "", Label: lang.L("As the system needs")}, {ID: "yes", Label: lang.L("Yes")}, {ID: "no", Label: lang.L("No")},
	}, func(o kit.Option) {
		w.draft.tpm = o.ID
		w.changed()
	})
	p.tpmRow = kit.NewField(lang.L("Trusted platform module (TPM 2.0)"), lang.L("Emulated, its state is kept with the machine"), p.tpm)
	p.all = kit.Col(18, kit.Grid(2, 14, row, p.hostRow), p.systemRow, kit.Grid(2, 14, p.firmRow, p.tpmRow))
	return p
}

func (p *namePage) content() fyne.CanvasObject { return p.all }

func (p *namePage) show() {
	d, options := p.w.draft, p.w.facts.options
	p.name.SetText(d.name)
	p.host.Choose(string(d.host))
	if options.Machine != "" {
		p.hostRow.SetHelp(p.w.facts.host.Hypervisor + " · " + options.Machine)
	}
	p.systemRow.Hidden = d.source == sourceTry
	p.system.show()
	p.firmware.SetOptions(firmwareOptions(options.Firmwares))
	p.firmware.Choose(d.firmware)
	p.tpm.Choose(d.tpm)
	p.firmRow.Hidden = len(options.Firmwares) < 2
	p.tpmRow.Hidden = !options.TPM
}

// firmwareOptions are those that the host has, in the words for people.
func firmwareOptions(offered []string) []kit.Option {
	options := []kit.Option{{ID: "", Label: lang.L("As the system needs")}}
	for _, o := range []kit.Option{
		{ID: string(virt.FirmwareSecureBoot), Label: firmwareWords(string(virt.FirmwareSecureBoot))},
		{ID: string(virt.FirmwareUEFI), Label: firmwareWords(string(virt.FirmwareUEFI))},
		{ID: "bios", Label: firmwareWords("bios")},
	} {
		if slices.Contains(offered, o.ID) {
			options = append(options, o)
		}
	}
	return options
}

func firmwareWords(firmware string) string {
	switch firmware {
	case string(virt.FirmwareSecureBoot):
		return lang.L("UEFI with Secure Boot")
	case string(virt.FirmwareUEFI):
		return lang.L("UEFI")
	case "bios":
		return lang.L("BIOS")
	}
	return lang.L("Chosen by the system")
}
