package hosts

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A form asks for what a saved host is.
type form struct {
	hosts   *Hosts
	old     virt.HostID // the name so far; empty for a new host
	host    virt.SavedHost
	fields  map[virt.Field]*field
	touched map[virt.Field]bool // those whose problems are shown
	more    bool                // the fields that few need are shown
	warning *kit.Banner
	parts   *fyne.Container // the fields of the transport
	found   *findings
	test    *kit.Button
	save    *kit.Button
	dialog  *kit.Dialog
	run     *testRun // nil while no test runs
}

// A field is an entry for one value of the host.
type field struct {
	entry *kit.Entry
	row   *kit.FormRow
}

// transportWords names a transport for people and says when to take it.
func transportWords(t virt.Transport) (label, help string) {
	switch t {
	case virt.TransportLocal:
		return lang.L("This computer"), lang.L("The libvirt of this computer, or the user’s own")
	case virt.TransportSSH:
		return lang.L("SSH"), lang.L("For most hosts: who may log in may manage machines")
	case virt.TransportTLS:
		return lang.L("TLS with certificates"), lang.L("Both sides show certificates of an authority")
	case virt.TransportLibSSH:
		return lang.L("SSH by libvirt (libssh)"), lang.L("Where libvirt’s own SSH client is wanted")
	case virt.TransportTCP:
		return lang.L("TCP with SASL"), lang.L("Not encrypted: for closed networks only")
	default:
		return lang.L("Another libvirt URI"), lang.L("Opened by libvirt alone")
	}
}

func openForm(h *Hosts, host virt.SavedHost, old virt.HostID) {
	f := &form{hosts: h, host: host, old: old, fields: map[virt.Field]*field{}, touched: map[virt.Field]bool{}, parts: kit.Col(14)}
	f.make()
	title, text := lang.L("Add a host"), lang.L("A computer with libvirt whose machines you want to see and manage here.")
	if old != "" {
		title, text = lang.L("Edit “{{.Host}}”", map[string]any{"Host": old}), ""
	}
	f.warning = kit.NewBanner(kit.WarnBanner, lang.L("What is sent can be read and changed on the way"), lang.L("Choose SSH or TLS unless the network is closed."))
	f.found = newFindings()
	f.test = kit.Secondary("plug", lang.L("Test"), f.toggleTest)
	f.save = kit.Primary("", lang.L("Save and connect"), f.keep)
	body := kit.Col(14, f.fields[virt.HostFieldName].row, kit.NewField(lang.L("Reached by"), "", f.transports()), f.parts, f.found.content)
	f.dialog = kit.NewDialog(kit.DialogSpec{
		Width: 560, Title: title, Text: text, Tile: kit.NewIconTile("server", theme.Accent, 40),
		Body: body, Left: f.test, Action: f.save, OnCancel: f.endTest,
	})
	f.lay()
	f.dialog.Open(h.kit.Win.Canvas())
	f.fields[virt.HostFieldName].entry.Focus()
}

// make makes the fields of all transports; lay shows those of the chosen one.
func (f *form) make() {
	host := &f.host
	name := f.add(virt.HostFieldName, lang.L("Name"), lang.L("What the host is called here"), "", string(host.Name), func(s string) { host.Name = virt.HostID(s) })
	name.entry.SetText(string(host.Name))
	f.text(virt.HostFieldAddress, lang.L("Address"), lang.L("Name or IP address"), "server.example", &host.Address)
	port := ""
	if host.Port != 0 {
		port = strconv.Itoa(host.Port)
	}
	f.add(virt.HostFieldPort, lang.L("Port"), "", "", port, func(s string) { host.Port = portOf(s) })
	f.text(virt.HostFieldUser, lang.L("User"), lang.L("Empty: the same as here"), "", &host.User)
	f.text(virt.HostFieldKey, lang.L("Key file"), lang.L("Empty: the agent and the usual files"), "~/.ssh/id_ed25519", &host.Key)
	f.text(virt.HostFieldJump, lang.L("Through the host"), lang.L("Where it can only be reached by way of another; several with commas"), "user@gateway.example", &host.JumpHost)
	f.text(virt.HostFieldSocket, lang.L("Socket on the host"), lang.L("Where libvirt’s is not the usual one"), "", &host.Socket)
	f.text(virt.HostFieldCA, lang.L("Certificate of the authority"), lang.L("Empty: libvirt’s usual file"), "~/pki/cacert.pem", &host.CA)
	f.text(virt.HostFieldCert, lang.L("Client certificate"), lang.L("Empty: libvirt’s usual files"), "~/pki/clientcert.pem", &host.Cert)
	f.text(virt.HostFieldCertKey, lang.L("Key of the client certificate"), "", "~/pki/clientkey.pem", &host.CertKey)
	f.text(virt.HostFieldURI, lang.L("libvirt URI"), "", "qemu:///system", &host.Custom)
}

func (f *form) text(name virt.Field, label, help, placeholder string, into *string) {
	f.add(name, label, help, placeholder, *into, func(s string) { *into = s })
}

func (f *form) add(name virt.Field, label, help, placeholder, value string, take func(string)) *field {
	entry := kit.NewEntry(label, placeholder)
	entry.SetText(value)
	one := &field{entry: entry, row: kit.NewField(label, help, entry)}
	entry.OnChanged = func(text string) {
		take(strings.TrimSpace(text))
		f.touched[name] = f.touched[name] || text != ""
		f.check()
	}
	f.fields[name] = one
	return one
}

// portOf reads the port; what is no number is no port either.
func portOf(text string) int {
	if text == "" {
		return 0
	}
	port, err := strconv.Atoi(text)
	if err != nil || port == 0 {
		return -1
	}
	return port
}

func (f *form) transports() fyne.CanvasObject {
	var options []kit.Option
	for _, t := range virt.Transports {
		label, help := transportWords(t)
		options = append(options, kit.Option{ID: string(t), Label: label, Help: help})
	}
	choice := kit.NewSelect(lang.L("Reached by"), options, func(o kit.Option) {
		f.host.Transport = virt.Transport(o.ID)
		f.lay()
	})
	choice.Choose(string(f.host.Transport))
	return choice
}

// lay shows the fields of the transport.
func (f *form) lay() {
	row := func(name virt.Field) fyne.CanvasObject { return f.fields[name].row }
	address := kit.RowTop(14, kit.Grow(row(virt.HostFieldAddress)), kit.Width(110, row(virt.HostFieldPort)))
	f.fields[virt.HostFieldPort].entry.SetPlaceholder(strconv.Itoa(virt.SavedHost{Transport: f.host.Transport}.PortOr()))
	f.parts.Objects = nil
	switch f.host.Transport {
	case virt.TransportLocal, virt.TransportURI:
		f.parts.Objects = []fyne.CanvasObject{row(virt.HostFieldURI)}
	case virt.TransportSSH:
		f.parts.Objects = []fyne.CanvasObject{address, row(virt.HostFieldUser), f.whose()}
		f.fold(virt.HostFieldKey, virt.HostFieldJump, virt.HostFieldSocket)
	case virt.TransportLibSSH:
		f.parts.Objects = []fyne.CanvasObject{address, row(virt.HostFieldUser), f.whose()}
		f.fold(virt.HostFieldKey)
	case virt.TransportTLS:
		f.parts.Objects = []fyne.CanvasObject{address}
		f.fold(virt.HostFieldUser, virt.HostFieldCA, virt.HostFieldCert, virt.HostFieldCertKey)
	case virt.TransportTCP:
		f.parts.Objects = []fyne.CanvasObject{address, row(virt.HostFieldUser)}
	}
	f.parts.Add(f.warning)
	start := kit.NewCheckbox(lang.L("Connect at the start"), func(on bool) { f.host.AtStart = on })
	start.SetChecked(f.host.AtStart)
	f.parts.Add(start)
	f.check()
}

// fold adds fields that few need: behind a link, unless one of them is filled in.
func (f *form) fold(names ...virt.Field) {
	filled := slices.ContainsFunc(names, func(n virt.Field) bool { return f.fields[n].entry.Text() != "" })
	if !f.more && !filled {
		f.parts.Add(kit.Row(0, kit.Link("chevron-right", lang.L("More options"), func() {
			f.more = true
			f.lay()
		}), kit.Spacer()))
		return
	}
	for _, n := range names {
		f.parts.Add(f.fields[n].row)
	}
}

// whose asks for the machines of the system or the user's own.
func (f *form) whose() fyne.CanvasObject {
	choice := kit.NewSegmented(lang.L("Machines"), func(chosen int) { f.host.Session = chosen == 1 }, lang.L("Of the system"), lang.L("The user’s own"))
	if f.host.Session {
		choice.Choose(1)
	}
	return kit.NewField(lang.L("Machines"), "", choice)
}

// check shows what is wrong with the fields that were filled in, and says
// whether nothing is wrong with any.
func (f *form) check() bool {
	problems := map[virt.Field]string{}
	for _, p := range f.host.Problems() {
		problems[p.Field] = lang.L(virt.HintOf(p.Err))
	}
	for name, one := range f.fields {
		problem := problems[name]
		if !f.touched[name] {
			problem = ""
		}
		one.row.SetProblem(problem)
		one.entry.SetWrong(problem != "")
	}
	f.warning.Hidden = !f.host.Unprotected()
	f.parts.Refresh()
	if f.dialog != nil {
		f.dialog.Fit()
	}
	return len(problems) == 0
}

// right shows all problems and leads to the first; it says whether there are none.
func (f *form) right() bool {
	problems := f.host.Problems()
	for _, p := range problems {
		f.touched[p.Field] = true
	}
	f.check()
	if len(problems) == 0 {
		return true
	}
	if one := f.fields[problems[0].Field]; one != nil {
		one.entry.Focus()
	}
	return false
}

// keep saves the host and connects to it.
func (f *form) keep() {
	if !f.right() {
		return
	}
	f.endTest()
	host, old := f.host, f.old
	f.dialog.SetBusy(true)
	f.hosts.kit.RunTo(func(ctx context.Context) error {
		if err := f.hosts.svc.Hosts.Save(ctx, old, host); err != nil {
			return err
		}
		return f.hosts.svc.Hosts.Connect(ctx, host.Name)
	}, func(err error) {
		f.dialog.SetBusy(false)
		if err != nil {
			f.refused(err)
			return
		}
		f.dialog.Close()
	})
}

// refused shows why the host was not saved: at the name when that is taken.
func (f *form) refused(err error) {
	if virt.KindOf(err) != virt.KindExists {
		f.hosts.kit.Show(err)
		return
	}
	name := f.fields[virt.HostFieldName]
	name.row.SetProblem(kit.Explain(err).Why)
	name.entry.SetWrong(true)
	name.entry.Focus()
	f.dialog.Fit()
}
