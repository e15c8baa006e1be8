package settings

import (
	"runtime"
	"runtime/debug"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// libraries are the modules that a person who reports a fault is asked for.
var libraries = []struct{ path, name string }{
	{"fyne.io/fyne/v2", "Fyne"},
	{"libvirt.org/go/libvirt", "libvirt for Go"},
	{"github.com/mattn/go-sqlite3", "SQLite"},
}

// about is the page about the program itself.
type about struct {
	settings *Settings
	view     *kit.View[[]virt.Host]
	facts    []fact
	rows     *fyne.Container
	copied   *kit.Button
	content  fyne.CanvasObject
}

type fact struct{ name, value string }

func newAbout(s *Settings) *about {
	a := &about{settings: s, rows: kit.Col(9)}
	header := parts.NewHeader(lang.L("About"))
	header.SetFacts(lang.L("Create, run and look after virtual machines"))
	a.copied = kit.Secondary("copy", lang.L("Copy versions"), a.copyFacts)
	header.SetActions(a.copied)
	program := kit.Row(14, kit.NewMark(44), kit.Col(2, kit.NewText(kit.PanelText, lang.L("KVM Manager")),
		kit.NewText(kit.SmallText, lang.L("Version {{.Version}}", map[string]any{"Version": version()}))))
	versions := kit.NewCard("", nil, kit.Col(14, program, kit.HLine(), a.rows))
	licence := kit.NewCard(lang.L("Licence"), nil, kit.Col(6,
		kit.NewText(kit.BodyText, lang.L("MIT: use it, change it and pass it on as you like.")),
		kit.NewText(kit.SmallText, lang.L("Inter and JetBrains Mono are under the SIL Open Font License, the Lucide icons under the ISC licence."))))
	scroll := parts.Scrolled(kit.AtMost(formWidth, kit.Col(14, versions, licence)))
	a.content = kit.Responsive(fyne.NewSize(200, 200), parts.Frame(header, nil, scroll), func(fyne.Size) {})
	a.view = kit.NewView(s.kit, s.svc.Hosts.ListWhole, a.show)
	a.view.SetVisible(false)
	s.kit.Follow(a.view, kit.OfKind(virt.HostChanged))
	a.show(nil, nil)
	return a
}

// Content is part of kit.Page.
func (a *about) Content() fyne.CanvasObject { return a.content }

// SetVisible is part of kit.Page.
func (a *about) SetVisible(visible bool) { a.view.SetVisible(visible) }

// Close is part of kit.Page.
func (a *about) Close() { a.view.Stop() }

// Focusable returns what takes the keys on the page.
func (a *about) Focusable() fyne.Focusable { return a.copied }

// show lists the versions: of the program's parts, and of each host.
func (a *about) show(hosts []virt.Host, err error) {
	if err != nil {
		return // the versions of the program do not depend on any host
	}
	a.facts = append([]fact{{"Go", runtime.Version()}}, dependencies()...)
	for _, h := range hosts {
		a.facts = append(a.facts, fact{string(h.ID), hostVersions(h)})
	}
	a.facts = append(a.facts, fact{lang.L("Settings file"), a.settings.svc.Settings.Path()})
	a.rows.Objects = nil
	for _, f := range a.facts {
		a.rows.Add(kit.NewFact(f.name, kit.NewText(kit.MonoText, f.value).Shorten().Trailing()))
	}
	a.rows.Refresh()
	a.content.Refresh()
}

// hostVersions names the software of a host, once it is known.
func hostVersions(h virt.Host) string {
	var known []string
	if h.Libvirt != "" {
		known = append(known, "libvirt "+h.Libvirt)
	}
	if h.HVVersion != "" {
		known = append(known, h.Hypervisor+" "+h.HVVersion)
	}
	if len(known) == 0 {
		return parts.NoValue
	}
	return strings.Join(known, ", ")
}

func (a *about) copyFacts() {
	text := "KVM Manager " + version() + "\n"
	for _, f := range a.facts {
		text += f.name + ": " + f.value + "\n"
	}
	k := a.settings.kit
	k.App.Clipboard().SetContent(text)
	k.Toast(kit.Toast{Icon: "copy", Title: lang.L("Copied")})
}

// version is the module's version as the Go tool stamped it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// dependencies are the versions of the libraries as they were built in.
func dependencies() []fact {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	var facts []fact
	for _, l := range libraries {
		for _, module := range info.Deps {
			if module.Path == l.path {
				facts = append(facts, fact{l.name, module.Version})
			}
		}
	}
	return facts
}
