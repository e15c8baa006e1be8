package machines

import (
	"net/netip"
	"path"
	"reflect"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// factCards say what a machine is made of.
type factCards struct {
	grid                     *fyne.Container
	system, storage, network *fyne.Container
	waiting                  []*kit.Text // stand there until there are facts
	shown                    []virt.Address
	detail                   *virt.VMDetail
}

func newFactCards() *factCards {
	c := &factCards{system: kit.Col(5), storage: kit.Col(6), network: kit.Col(5)}
	c.grid = kit.Grid(3, 14,
		kit.NewCard(lang.L("System"), nil, c.system),
		kit.NewCard(lang.L("Storage"), nil, c.storage),
		kit.NewCard(lang.L("Network"), nil, c.network))
	for _, body := range []*fyne.Container{c.system, c.storage, c.network} {
		waiting := kit.NewText(kit.SmallText, lang.L("Loading")).Shorten()
		c.waiting = append(c.waiting, waiting)
		body.Add(waiting)
		body.Add(kit.Gap(1, 4*24-5)) // as high as five facts
	}
	return c
}

// wait says why there are no facts yet.
func (c *factCards) wait(m parts.Machine) {
	words := lang.L("Loading")
	if m.Stale() {
		words = silence(m.HostState)
	}
	for _, text := range c.waiting {
		text.SetText(words)
	}
}

func (c *factCards) show(d virt.VMDetail, addresses []virt.Address) {
	if c.detail != nil && reflect.DeepEqual(*c.detail, d) && slices.Equal(c.shown, addresses) {
		return
	}
	c.detail, c.shown = &d, addresses
	fill(c.system, systemFacts(d))
	fill(c.storage, storageFacts(d))
	fill(c.network, networkFacts(d, addresses))
	c.grid.Refresh()
}

func fill(body *fyne.Container, facts []fyne.CanvasObject) {
	body.Objects = facts
	body.Refresh()
}

func fact(name, value string) fyne.CanvasObject {
	line, _ := kit.NewFactText(name, value)
	return line
}

func monoFact(name, value string) fyne.CanvasObject {
	return kit.NewFact(name, kit.NewText(kit.MonoText, value).Shorten().Trailing())
}

func systemFacts(d virt.VMDetail) []fyne.CanvasObject {
	processor := lang.L("{{.Count}} vCPU", map[string]any{"Count": d.VCPUs})
	if model := cpuModel(d.CPUModel); model != "" {
		processor += ", " + model
	}
	return []fyne.CanvasObject{
		fact(lang.L("Machine"), machineWords(d)),
		fact(lang.L("Processor"), processor),
		fact(lang.L("Memory"), parts.Size(d.Memory)),
		fact(lang.L("Acceleration"), accelWords(d.Accel)),
		fact(lang.L("Starts with host"), yesNo(d.Autostart)),
	}
}

func machineWords(d virt.VMDetail) string {
	words := []string{chipset(d.Machine), firmware(d.Firmware)}
	if d.TPM {
		words = append(words, "TPM")
	}
	var known []string
	for _, w := range words {
		if w != "" {
			known = append(known, w)
		}
	}
	if len(known) == 0 {
		return parts.NoValue
	}
	return strings.Join(known, ", ")
}

// chipset is the family of a machine type: "pc-q35-7.2" is a Q35.
func chipset(machine string) string {
	switch {
	case strings.Contains(machine, "q35"):
		return "Q35"
	case strings.Contains(machine, "i440fx"), machine == "pc":
		return "i440FX"
	default:
		return machine
	}
}

func firmware(f string) string {
	switch f {
	case "uefi":
		return "UEFI"
	case "uefi-secure":
		return lang.L("UEFI with Secure Boot")
	case "bios":
		return "BIOS"
	default:
		return f
	}
}

func cpuModel(model string) string {
	switch model {
	case "host-passthrough":
		return lang.L("as the host")
	case "host-model":
		return lang.L("host model")
	case "maximum":
		return lang.L("all features")
	default:
		return model
	}
}

func accelWords(accel string) string {
	switch accel {
	case "kvm":
		return lang.L("KVM")
	case "tcg":
		return lang.L("none (TCG), slow")
	case "":
		return parts.NoValue
	default:
		return accel
	}
}

func yesNo(yes bool) string {
	if yes {
		return lang.L("Yes")
	}
	return lang.L("No")
}

func storageFacts(d virt.VMDetail) []fyne.CanvasObject {
	var facts []fyne.CanvasObject
	for _, disk := range d.Disks {
		facts = append(facts, diskFacts(disk)...)
	}
	if facts == nil {
		facts = append(facts, kit.NewText(kit.SmallText, lang.L("No disks")))
	}
	return facts
}

func diskFacts(d virt.Disk) []fyne.CanvasObject {
	switch {
	case d.Device == "cdrom":
		return []fyne.CanvasObject{fact(lang.L("CD drive {{.Target}}", map[string]any{"Target": d.Target}), mediumWords(d))}
	case d.Device == "floppy":
		return []fyne.CanvasObject{fact(lang.L("Floppy drive {{.Target}}", map[string]any{"Target": d.Target}), mediumWords(d))}
	case d.Capacity == 0:
		return []fyne.CanvasObject{fact(d.Target, source(d))}
	}
	share := float64(d.Allocation) / float64(d.Capacity)
	words := parts.SizeOf(d.Allocation, d.Capacity)
	bar := kit.NewLevelBar(share)
	bar.Describe(d.Target, words)
	return []fyne.CanvasObject{fact(d.Target, words), bar}
}

func mediumWords(d virt.Disk) string {
	if medium := source(d); medium != "" {
		return medium
	}
	return lang.L("empty")
}

func source(d virt.Disk) string {
	if d.Volume != "" {
		return d.Volume
	}
	if d.Path == "" {
		return ""
	}
	return path.Base(d.Path)
}

func networkFacts(d virt.VMDetail, addresses []virt.Address) []fyne.CanvasObject {
	var facts []fyne.CanvasObject
	for _, nic := range d.NICs {
		name := nic.Target
		if name == "" {
			name = lang.L("Network card")
		}
		facts = append(facts, fact(name, plugWords(nic)))
	}
	for _, a := range addresses {
		facts = append(facts, monoFact(family(a.IP), a.IP))
	}
	for _, nic := range d.NICs {
		facts = append(facts, monoFact("MAC", nic.MAC))
	}
	if facts == nil {
		facts = append(facts, kit.NewText(kit.SmallText, lang.L("No network card")))
	}
	return facts
}

// plugWords say what a card is plugged into.
func plugWords(nic virt.NIC) string {
	words := nic.Source
	switch nic.Type {
	case "user":
		words = lang.L("user mode")
	case "bridge":
		words = lang.L("bridge {{.Name}}", map[string]any{"Name": nic.Source})
	case "direct":
		words = lang.L("direct on {{.Name}}", map[string]any{"Name": nic.Source})
	}
	if words == "" {
		words = nic.Type
	}
	if !nic.LinkUp {
		words = lang.L("{{.Network}}, unplugged", map[string]any{"Network": words})
	}
	return words
}

func family(ip string) string {
	if addr, err := netip.ParseAddr(ip); err == nil && addr.Is6() {
		return "IPv6"
	}
	return "IPv4"
}
