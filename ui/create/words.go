package create

import (
	"path"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

func vcpuWords(n uint) string {
	return lang.N("{{.Count}} processors", int(n), map[string]any{"Count": n}) // few
}

// diskFact is the disk in a few words.
func (w *wizard) diskFact(spec virt.VMSpec) string {
	d := w.draft
	switch {
	case d.source == sourceImage && d.copyImage:
		return lang.L("A copy of {{.Name}}", map[string]any{"Name": path.Base(d.image)})
	case d.source == sourceImage:
		return path.Base(d.image)
	case d.disk == noDisk:
		return lang.L("None")
	case d.disk == existingDisk:
		return path.Base(d.file)
	case d.format == "raw":
		return parts.Size(newBytes(spec))
	}
	return lang.L("{{.Size}}, grows on demand", map[string]any{"Size": parts.Size(newBytes(spec))})
}

// networkWords name the network.
func (w *wizard) networkWords() string {
	switch w.draft.network {
	case noNetwork:
		return lang.L("None")
	case "":
		return w.usualNetwork()
	}
	return w.draft.network
}

// usualNetwork names the network that a machine gets which asks for none.
func (w *wizard) usualNetwork() string {
	name := w.facts.options.DefaultNetwork
	switch {
	case !w.facts.known:
		return lang.L("Automatic")
	case name == "":
		return lang.L("One of its own")
	}
	for _, n := range w.facts.networks {
		if n.Name == name && n.Forward != "nat" {
			return name
		}
	}
	return lang.L("{{.Name}} (NAT)", map[string]any{"Name": name}) // as it is made where it is missing
}

func (w *wizard) screenWords() string {
	if w.draft.noScreen {
		return lang.L("None")
	}
	return lang.L("VNC")
}

// sourceSentence says what the machine boots.
func (w *wizard) sourceSentence() string {
	sentence := w.bootSentence()
	files := w.locked([]virt.Field{virt.FieldISO, virt.FieldKernel, virt.FieldInitrd, fieldImage, virt.FieldDisk})
	if len(files) == 0 {
		return sentence
	}
	switch w.draft.unreadable {
	case virt.UnreadableCopy:
		sentence += " " + lang.L("What the hypervisor cannot read is copied into a pool.")
	case virt.UnreadableGrant:
		sentence += " " + lang.L("The hypervisor is granted access to its files.")
	}
	return sentence
}

func (w *wizard) bootSentence() string {
	d := w.draft
	switch d.source {
	case sourceISO:
		return lang.L("It installs from {{.File}}.", map[string]any{"File": d.iso})
	case sourceImage:
		if d.copyImage {
			return lang.L("It boots a copy of {{.File}}.", map[string]any{"File": d.image})
		}
		return lang.L("It boots {{.File}} in place and writes to it.", map[string]any{"File": d.image})
	case sourceKernel:
		return lang.L("It boots the kernel {{.File}}.", map[string]any{"File": d.kernel})
	case sourceNetwork:
		return lang.L("It boots from its network.")
	case sourceTry:
		return lang.L("It boots a tiny Linux that is built now.")
	}
	return lang.L("It has nothing to boot yet.")
}

// nameSentence says what it is called, where it lives and what it runs.
func (w *wizard) nameSentence() string {
	system := lang.L("a system that is not known")
	switch o := w.os(); {
	case w.draft.source == sourceTry:
		system = lang.L("a tiny Linux")
	case o.Known():
		system = o.Name
	}
	sentence := lang.L("“{{.Name}}” on {{.Host}}, for {{.System}}.", map[string]any{"Name": w.draft.name, "Host": w.draft.host, "System": system})
	if w.draft.firmware != "" {
		sentence += " " + lang.L("It boots by {{.Firmware}}.", map[string]any{"Firmware": firmwareWords(w.draft.firmware)})
	}
	return sentence
}

func (w *wizard) computeSentence(spec virt.VMSpec) string {
	return lang.L("{{.Processors}} and {{.Memory}} of memory.", map[string]any{"Processors": vcpuWords(spec.VCPUs), "Memory": parts.Size(spec.Memory)})
}

func (w *wizard) storageSentence(spec virt.VMSpec) string {
	d := w.draft
	where := lang.L("the default pool")
	if pool, ok := w.facts.poolFor(d.pool); ok {
		where = lang.L("pool “{{.Name}}”", map[string]any{"Name": pool.Name})
	}
	words := map[string]any{"Size": parts.Size(newBytes(spec)), "Where": where, "File": d.image}
	switch {
	case d.source == sourceImage && d.copyImage:
		return lang.L("A copy of {{.File}} in {{.Where}}.", words)
	case d.source == sourceImage:
		return lang.L("The disk image {{.File}}.", words)
	case d.disk == noDisk:
		return lang.L("No disk.")
	case d.disk == existingDisk:
		words["File"] = d.file
		return lang.L("The existing disk {{.File}}.", words)
	}
	return lang.L("A new disk of {{.Size}} in {{.Where}}.", words)
}

func (w *wizard) networkSentence() string {
	network := lang.L("No network card")
	switch w.draft.network {
	case noNetwork:
	case "":
		network = lang.L("The default network")
		if w.facts.known && w.facts.options.DefaultNetwork == "" {
			network = lang.L("A network of the machine’s own")
		}
	default:
		network = lang.L("Network “{{.Name}}”", map[string]any{"Name": w.draft.network})
	}
	if w.draft.noScreen {
		return lang.L("{{.Network}}, no screen.", map[string]any{"Network": network})
	}
	return lang.L("{{.Network}}, a screen by VNC.", map[string]any{"Network": network})
}
