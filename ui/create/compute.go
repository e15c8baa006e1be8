package create

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// memoryStep is what Up and Down change the memory by.
const memoryStep = 256 << 20

// computePage asks for processors and memory.
type computePage struct {
	w                *wizard
	vcpus, memory    *kit.Entry
	vcpusRow         *kit.FormRow
	memoryRow        *kit.FormRow
	advice           *kit.Paragraph
	accel, machine   *kit.Select
	all              *fyne.Container
	cpuBar, memBar   *kit.UsageBar
	cpuFact, memory2 *kit.Text
}

func newComputePage(w *wizard) *computePage {
	p := &computePage{w: w, cpuBar: kit.NewUsageBar(6), memBar: kit.NewUsageBar(6),
		cpuFact: kit.NewText(kit.SmallText, ""), memory2: kit.NewText(kit.SmallText, "")}
	p.vcpus, p.vcpusRow = w.entry(virt.FieldVCPUs, computeStep, lang.L("Processors"), lang.L("Threads of the host"), "", &w.draft.vcpus)
	p.vcpus.OnStep = p.stepVCPUs
	p.memory, p.memoryRow = w.entry(virt.FieldMemory, computeStep, lang.L("Memory"), lang.L("With a unit, such as 2 GiB or 512 MiB"), "", &w.draft.memory)
	p.memory.OnStep = p.stepMemory
	p.advice = kit.NewParagraph(kit.SmallText, "", 500).In(theme.Muted)
	p.accel = kit.NewSelect(lang.L("Virtualisation"), nil, func(o kit.Option) {
		w.draft.accel = o.ID
		w.changed()
	})
	p.machine = kit.NewSelect(lang.L("Machine type"), nil, func(o kit.Option) {
		w.draft.machine = o.ID
		w.changed()
	})
	machineRow := kit.NewField(lang.L("Machine type"), lang.L("The board that the machine believes to have"), p.machine)
	w.fields[virt.FieldMachine] = &field{row: machineRow, step: computeStep, touched: true}
	p.all = kit.Col(18,
		kit.Grid(2, 14, kit.Col(10, p.vcpusRow, p.cpuBar, p.cpuFact), kit.Col(10, p.memoryRow, p.memBar, p.memory2)),
		p.advice, kit.HLine(),
		kit.Grid(2, 14, kit.NewField(lang.L("Virtualisation"), lang.L("How the guest’s code runs"), p.accel), machineRow))
	return p
}

func (p *computePage) stepVCPUs(by int) {
	n := max(1, int(p.w.sized().VCPUs)+by) // a person's number
	p.w.draft.vcpus = strconv.Itoa(n)
	p.w.changed()
}

func (p *computePage) stepMemory(by int) {
	now := int64(p.w.sized().Memory) // a person's number
	p.w.draft.memory = sizeText(uint64(max(memoryStep, now+int64(by)*memoryStep)))
	p.w.changed()
}

func (p *computePage) content() fyne.CanvasObject { return p.all }

func (p *computePage) show() {
	w := p.w
	suggested, now, host := w.found.suggested, w.sized(), w.facts.host
	w.fill(virt.FieldVCPUs, w.draft.vcpus, strconv.FormatUint(uint64(suggested.VCPUs), 10))
	w.fill(virt.FieldMemory, w.draft.memory, sizeText(suggested.Memory))
	if host.CPUs > 0 {
		p.cpuFact.SetText(lang.L("{{.Used}} of {{.All}} of the host", map[string]any{"Used": now.VCPUs, "All": host.CPUs}))
		p.memory2.SetText(lang.L("{{.Size}} of the host", map[string]any{"Size": parts.SizeOf(now.Memory, host.Memory)}))
		p.cpuBar.SetLevel(min(1, float64(now.VCPUs)/float64(host.CPUs)))
		p.memBar.SetLevel(min(1, float64(now.Memory)/float64(max(1, host.Memory))))
	}
	p.cpuBar.Describe(lang.L("Processors"), p.cpuFact.Words())
	p.memBar.Describe(lang.L("Memory"), p.memory2.Words())
	p.advice.SetText(advice(w.os()))
	p.advice.Hidden = p.advice.Words() == ""
	p.showChoices()
}

func (p *computePage) showChoices() {
	options := p.w.facts.options
	kvm := kit.Option{ID: "kvm", Label: lang.L("KVM"), Help: lang.L("By the processor, at full speed")}
	if p.w.facts.known && !options.KVM {
		kvm.Disabled = lang.L("This host does not offer KVM.")
	}
	p.accel.SetOptions([]kit.Option{
		{ID: "", Label: lang.L("Automatic"), Help: lang.L("KVM where guests run under it")}, kvm,
		{ID: "tcg", Label: lang.L("Emulation"), Help: lang.L("By software, slowly")},
	})
	p.accel.Choose(p.w.draft.accel)
	types := []kit.Option{{ID: "", Label: lang.L("Automatic")}}
	for _, m := range options.Machines {
		types = append(types, kit.Option{ID: m, Label: m})
	}
	p.machine.SetOptions(types)
	p.machine.Choose(p.w.draft.machine)
}

// advice says what the system wants of its machine.
func advice(o virt.OS) string {
	want := o.Recommended
	if want.Memory == 0 {
		want = o.Minimum
	}
	if want.Memory == 0 {
		return ""
	}
	words := lang.L("{{.System}} wants {{.Memory}} of memory", map[string]any{"System": o.Name, "Memory": parts.Size(want.Memory)})
	if o.Minimum.Memory > 0 && o.Minimum.Memory != want.Memory {
		words += lang.L(", at least {{.Memory}}", map[string]any{"Memory": parts.Size(o.Minimum.Memory)})
	}
	return words + "."
}

// sized is the spec with the sizes that Create would choose.
func (w *wizard) sized() virt.VMSpec {
	spec, _ := w.draft.spec()
	if spec.Memory == 0 {
		spec.Memory = w.found.suggested.Memory
	}
	if spec.VCPUs == 0 {
		spec.VCPUs = w.found.suggested.VCPUs
	}
	if len(spec.Disks) == 0 && !spec.NoDisk {
		spec.Disks = w.found.suggested.Disks
	}
	return spec
}
