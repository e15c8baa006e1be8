package machines

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// deletion is a question about one machine or several: which of their disks go
// along.
type deletion struct {
	machines *Machines
	victims  []parts.Machine
	disks    []*doomedDisk
	sum      *kit.Text
	command  *kit.Code
	shown    *fyne.Container // the command with its button; hidden at first
	dialog   *kit.Dialog
}

// A doomedDisk is a disk with the box that says whether it goes.
type doomedDisk struct {
	vm.DiskFate
	owner parts.Machine
	box   *kit.Checkbox
}

// askDelete finds out what would happen to the disks and then asks.
func (m *Machines) askDelete(victims []parts.Machine) { m.askDeleteAs(victims, nil) }

// askDeleteAs is askDelete that keeps the choice of an earlier question about
// the same machines; nil when there was none.
func (m *Machines) askDeleteAs(victims []parts.Machine, before *deletion) {
	if len(victims) == 0 {
		return
	}
	fates := map[virt.Ref][]vm.DiskFate{}
	m.kit.RunThen(func(ctx context.Context) error {
		for _, v := range victims {
			all, err := m.svc.VMs.Fates(ctx, v.Ref())
			if err != nil {
				return err
			}
			fates[v.Ref().Key()] = all
		}
		return nil
	}, func() {
		d := &deletion{machines: m, victims: victims, sum: kit.NewText(kit.SmallText, ""), command: kit.NewCode(lang.L("Command"), "", min(len(victims), 4))}
		d.shown = parts.WithCopy(m.kit, lang.L("Copy: {{.What}}", map[string]any{"What": lang.L("Command")}), d.command)
		d.shown.Hidden = before == nil || before.shown.Hidden
		for _, v := range victims {
			for _, f := range fates[v.Ref().Key()] {
				disk := d.disk(v, f)
				before.keep(disk)
				d.disks = append(d.disks, disk)
			}
		}
		d.ask()
		d.follow()
	})
}

func (d *deletion) disk(owner parts.Machine, f vm.DiskFate) *doomedDisk {
	disk := &doomedDisk{DiskFate: f, owner: owner}
	disk.box = kit.NewCheckbox("", func(bool) { d.count() })
	disk.box.SetChecked(f.Goes)
	if f.Locked {
		disk.box.DisableBecause(keptWords(f))
	}
	return disk
}

func (d *deletion) ask() {
	words := map[string]any{"Name": d.victims[0].Name, "Count": len(d.victims)}
	question := kit.Question{
		Icon: "trash-2", Width: kit.WideDialog, Body: d.body(),
		Title:  lang.L("Delete “{{.Name}}”?", words),
		Text:   d.warning(),
		Action: lang.L("Delete machine"),
		Left:   d.commandButton(),
	}
	if len(d.victims) > 1 {
		question.Title = lang.N("Delete {{.Count}} machines?", len(d.victims), words)
		question.Action = lang.N("Delete {{.Count}} machines", len(d.victims), words)
	}
	d.count()
	d.dialog = d.machines.kit.Confirm(question, d.delete)
}

// warning says that machines that are on are forced off.
func (d *deletion) warning() string {
	var on []string
	for _, v := range d.victims {
		if v.State.Active() {
			on = append(on, v.Name)
		}
	}
	switch {
	case len(on) == 0:
		return lang.L("Its definition is removed for good.")
	case len(d.victims) == 1:
		return lang.L("It is running and will be forced off. Unsaved work in it is lost.")
	default:
		return lang.L("{{.Names}} will be forced off. Unsaved work is lost.", map[string]any{"Names": strings.Join(on, ", ")})
	}
}

func (d *deletion) body() fyne.CanvasObject {
	if len(d.disks) == 0 {
		return kit.Col(14, kit.NewText(kit.SmallText, lang.L("It has no disks.")), d.shown)
	}
	rows := kit.Col(0, diskHead())
	for _, disk := range d.disks {
		rows.Add(kit.HLine())
		rows.Add(d.row(disk))
	}
	head := kit.Row(8, kit.NewText(kit.StrongText, lang.L("Which disks go too?")), kit.Spacer(), d.sum)
	return kit.Col(14, head, kit.Stack(kit.NewBox(theme.Inset, theme.Line, 10), kit.PadAll(1, rows)), d.shown)
}

// commandButton shows what kvm-cli would have to be told.
func (d *deletion) commandButton() *kit.Button {
	return kit.Link("terminal", lang.L("Show command"), func() {
		d.shown.Hidden = !d.shown.Hidden
		d.dialog.ShowEnd()
	})
}

// Widths of the columns of disks.
const (
	sizeWidth = 72
	fateWidth = 190
)

func diskHead() fyne.CanvasObject {
	title := func(words string) *kit.Text { return kit.NewText(kit.SmallMediumText, words).In(theme.Muted) }
	return kit.Height(36, kit.Pad(0, 16, 0, 50, kit.Row(16,
		kit.Grow(title(lang.L("Disk"))), kit.Width(sizeWidth, title(lang.L("Size")).Trailing()), kit.Gap(fateWidth, 1))))
}

func (d *deletion) row(disk *doomedDisk) fyne.CanvasObject {
	name := disk.Target
	if len(d.victims) > 1 {
		name = lang.L("{{.Disk}} of {{.Machine}}", map[string]any{"Disk": disk.Target, "Machine": disk.owner.Name})
	}
	size := parts.NoValue
	if disk.Capacity > 0 {
		size = parts.Size(disk.Capacity)
	}
	icon, words, token := fateLook(disk.DiskFate)
	label := kit.Col(2, kit.NewText(kit.MediumText, name).Shorten())
	if where := place(disk.Disk); where != "" {
		label.Add(kit.NewText(kit.MonoText, where).In(theme.Muted).Shorten())
	}
	return kit.Height(51, kit.Pad(0, 16, 0, 16, kit.Row(16,
		kit.Named(lang.L("Delete disk {{.Name}}", map[string]any{"Name": name}), disk.box),
		kit.Grow(label),
		kit.Width(sizeWidth, kit.NewText(kit.SmallMediumText, size).Trailing()),
		kit.Width(fateWidth, kit.Row(6, kit.NewIcon(icon, 14, token), kit.Grow(kit.NewText(kit.SmallText, words).In(token).Shorten()))))))
}

// place is where the disk lies.
func place(d virt.Disk) string {
	if d.Volume != "" {
		return d.Pool + "/" + d.Volume
	}
	return d.Path
}

// fateLook says what speaks against deleting a disk.
func fateLook(f vm.DiskFate) (icon, words string, token theme.Token) {
	switch {
	case f.Reason == "":
		return "monitor", lang.L("Only this machine"), theme.Muted
	case len(f.Users) > 0:
		return "triangle-alert", keptWords(f), theme.Warn
	case f.Locked:
		return "lock", keptWords(f), theme.Muted
	default:
		return "info", lang.L(f.Reason), theme.Muted
	}
}

func keptWords(f vm.DiskFate) string {
	reason := lang.L(f.Reason)
	switch {
	case len(f.Users) > 0:
		reason = lang.L("used by {{.Names}}", map[string]any{"Names": strings.Join(f.Users, ", ")})
	case place(f.Disk) == "":
		reason = lang.L("nothing in it")
	}
	return lang.L("Kept: {{.Reason}}", map[string]any{"Reason": reason})
}

// count says how many disks are ticked and what they take.
func (d *deletion) count() {
	ticked, bytes := 0, uint64(0)
	for _, disk := range d.disks {
		if disk.box.Checked() {
			ticked++
			bytes += disk.Allocation
		}
	}
	d.sum.SetText(lang.L("{{.Ticked}} of {{.All}}, {{.Size}} on disk",
		map[string]any{"Ticked": ticked, "All": len(d.disks), "Size": parts.Size(bytes)}))
	var commands []string
	for _, v := range d.victims {
		host := string(v.Host)
		if h, found := d.machines.inventory.Host(v.Host); found {
			host = h.Argument()
		}
		commands = append(commands, vm.DeleteCommand(host, v.Name, d.spec(v)))
	}
	d.command.SetText(strings.Join(commands, "\n"))
}

func (d *deletion) spec(v parts.Machine) virt.DeleteSpec {
	return virt.DeleteSpec{Disks: d.ticked(v), Force: v.State.Active()}
}

// delete removes the machines with the disks that are ticked and tells what
// became of them.
func (d *deletion) delete() {
	specs := map[virt.Ref]virt.DeleteSpec{}
	for _, v := range d.victims {
		specs[v.Ref().Key()] = d.spec(v)
	}
	var removals []virt.Removal
	var gone []parts.Machine
	m := d.machines
	m.kit.RunTo(func(ctx context.Context) error {
		var failures []error
		for _, v := range d.victims {
			removal, err := m.svc.VMs.Delete(ctx, v.Ref(), specs[v.Ref().Key()])
			if err != nil {
				failures = append(failures, err) // of one that keeps nobody else
				continue
			}
			removals, gone = append(removals, removal), append(gone, v)
		}
		return errors.Join(failures...)
	}, func(err error) {
		m.kit.Show(err)
		for _, v := range gone {
			m.leave(v.Ref())
		}
		if len(gone) > 0 {
			m.kit.Toast(kit.Toast{Icon: "trash-2", Token: theme.Muted, Title: deletedWords(gone), Text: removalWords(removals)})
		}
	})
}

func (d *deletion) ticked(v parts.Machine) []string {
	targets := []string{}
	for _, disk := range d.disks {
		if disk.owner.Ref().Same(v.Ref()) && disk.box.Checked() {
			targets = append(targets, disk.Target)
		}
	}
	return targets
}

func deletedWords(gone []parts.Machine) string {
	words := map[string]any{"Name": gone[0].Name, "Count": len(gone)}
	if len(gone) == 1 {
		return lang.L("“{{.Name}}” was deleted", words)
	}
	return lang.N("{{.Count}} machines were deleted", len(gone), words)
}

// removalWords say which disks went and which stayed.
func removalWords(removals []virt.Removal) string {
	var gone, kept []string
	for _, r := range removals {
		gone = append(gone, diskNames(r.Removed)...)
		kept = append(kept, diskNames(r.Kept)...)
	}
	switch {
	case len(gone) == 0 && len(kept) == 0:
		return lang.L("It had no disks")
	case len(kept) == 0:
		return lang.L("With {{.Disks}}", map[string]any{"Disks": strings.Join(gone, ", ")})
	case len(gone) == 0:
		return lang.L("Kept: {{.Disks}}", map[string]any{"Disks": strings.Join(kept, ", ")})
	default:
		return lang.L("With {{.Disks}}. Kept: {{.Kept}}", map[string]any{"Disks": strings.Join(gone, ", "), "Kept": strings.Join(kept, ", ")})
	}
}

func diskNames(items []virt.RemovedItem) []string {
	var names []string
	for _, item := range items {
		if item.Kind == "disk" && !slices.Contains(names, item.Name) {
			names = append(names, item.Name)
		}
	}
	return names
}
