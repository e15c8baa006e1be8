package machines

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// newMachineDialog asks for the name of a tiny Linux machine and makes it.
type newMachineDialog struct {
	machines *Machines
	hosts    []virt.Host // those that are connected
	host     virt.HostID
	name     *kit.Entry
	row      *kit.FormRow
	dialog   *kit.Dialog
}

// onFirst asks on the host that comes first.
func (m *Machines) onFirst(ask func(virt.HostID)) {
	for _, h := range m.inventory.Hosts() {
		if reached(h) {
			ask(h.ID)
			return
		}
	}
	m.kit.Show(virt.Errorf(virt.KindUnavailable, "no host is connected").WithHint("Connect to a host first."))
}

// reached says whether there is a connection, though it may wait for an answer.
func reached(h virt.Host) bool { return h.State == virt.HostConnected || h.State == virt.HostSlow }

// connected are the hosts that can be asked for a machine.
func (m *Machines) connected() []virt.Host {
	var hosts []virt.Host
	for _, h := range m.inventory.Hosts() {
		if reached(h) {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// allowNew greys out a button that makes machines while none of the hosts can
// be asked for one.
func (m *Machines) allowNew(b *kit.Button, hosts ...virt.Host) {
	if slices.ContainsFunc(hosts, reached) {
		b.Enable()
		return
	}
	b.DisableBecause(lang.L("No host is connected."))
}

// newOn asks for any machine, on that host to begin with.
func (m *Machines) newOn(id virt.HostID) { m.create(m.connected(), id) }

// Try asks for a tiny machine to see that everything works. ok is false while no
// host could run it.
func (m *Machines) Try() (ask func(), ok bool) { return m.tryTiny, len(m.connected()) > 0 }

// tryTiny asks for a tiny machine on the host that comes first.
func (m *Machines) tryTiny() { m.onFirst(m.tryTinyOn) }

func (m *Machines) tryTinyOn(id virt.HostID) {
	d := &newMachineDialog{machines: m, hosts: m.connected(), host: id}
	d.name = kit.NewEntry(lang.L("Name"), "")
	d.name.SetText(d.freeName())
	d.row = kit.NewField(lang.L("Name"), lang.L("Also the host name inside the machine"), d.name)
	d.name.OnChanged = func(string) { d.check() }
	body := kit.Col(14, d.row)
	if len(d.hosts) > 1 {
		body.Add(kit.NewField(lang.L("Host"), "", d.hostSelect()))
	}
	create := kit.Primary("", lang.L("Create and start"), d.create)
	d.dialog = kit.NewDialog(kit.DialogSpec{
		Title: lang.L("Try a tiny Linux machine"),
		Text:  lang.L("It boots in seconds to a shell on its screen, gets an address by DHCP, obeys the power button, and takes 128 MiB of memory. Nothing is installed."),
		Tile:  kit.NewIconTile("monitor", theme.Accent, 40),
		Body:  body, Action: create,
	})
	d.dialog.Open(m.kit.Win.Canvas())
	d.name.SelectAll()
}

func (d *newMachineDialog) hostSelect() *kit.Select {
	var options []kit.Option
	for _, h := range d.hosts {
		options = append(options, kit.Option{ID: string(h.ID), Label: string(h.ID)})
	}
	choice := kit.NewSelect(lang.L("Host"), options, func(o kit.Option) {
		d.host = virt.HostID(o.ID)
		d.check()
	})
	choice.Choose(string(d.host))
	return choice
}

// freeName is the first of tiny, tiny-2, tiny-3… that no machine of the host has.
func (d *newMachineDialog) freeName() string {
	for n := 1; ; n++ {
		name := "tiny"
		if n > 1 {
			name += "-" + strconv.Itoa(n)
		}
		if !d.taken(name) {
			return name
		}
	}
}

func (d *newMachineDialog) taken(name string) bool {
	for _, m := range d.machines.inventory.On(d.host) {
		if m.Name == name {
			return true
		}
	}
	return false
}

// check says what is wrong with the name, and whether there is nothing wrong.
func (d *newMachineDialog) check() bool {
	name := d.name.Text()
	problem := ""
	if err := virt.CheckName(name); err != nil {
		problem = kit.Explain(err).Why
	} else if d.taken(name) {
		problem = lang.L("{{.Host}} has a machine of this name already.", map[string]any{"Host": d.host})
	}
	d.row.SetProblem(problem)
	d.name.SetWrong(problem != "")
	d.dialog.Fit()
	return problem == ""
}

// create makes the machine in the background. Its console opens when it runs.
func (d *newMachineDialog) create() {
	if !d.check() {
		d.name.Focus()
		return
	}
	m := d.machines
	parts.Creation{
		Kit: m.kit, Services: m.svc, Host: d.host, Spec: virt.VMSpec{Name: d.name.Text(), Try: true, Start: true}, Dialog: d.dialog,
		Refused: m.kit.Show, Begun: d.dialog.Close, Failed: m.kit.Show,
		Made: func(made virt.Ref) { m.open(made, ConsoleTab, false) },
	}.Begin()
}
