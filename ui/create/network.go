package create

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// networkPage asks for the network card and the screen.
type networkPage struct {
	w       *wizard
	network *kit.Select
	row     *kit.FormRow
	mac     *kit.Entry
	macRow  *kit.FormRow
	screen  *kit.Switch
	nothing *caution // of a network that has nothing to boot
	all     *fyne.Container
}

func newNetworkPage(w *wizard) *networkPage {
	p := &networkPage{w: w}
	p.network = kit.NewSelect(lang.L("Network"), nil, func(o kit.Option) {
		w.draft.network = o.ID
		w.changed()
	})
	p.row = kit.NewField(lang.L("Network"), lang.L("Where its card is plugged in"), p.network)
	w.fields[virt.FieldNetwork] = &field{row: p.row, step: networkStep, touched: true}
	p.mac, p.macRow = w.entry(virt.FieldMAC, networkStep, lang.L("MAC address"), lang.L("Chosen at random when empty"), "52:54:00:12:34:56", &w.draft.mac)
	p.screen = kit.NewSwitch(lang.L("Screen"), func(on bool) {
		w.draft.noScreen = !on
		w.changed()
	})
	p.nothing = newCaution(virt.FieldNetwork, 676)
	p.all = kit.Col(18, kit.Grid(2, 14, p.row, p.macRow), p.nothing.content, kit.HLine(),
		kit.NewSettingRow(lang.L("Screen"), lang.L("With a keyboard and a pointer. Without it the machine has a serial console only."), p.screen))
	return p
}

func (p *networkPage) content() fyne.CanvasObject { return p.all }

func (p *networkPage) show() {
	options := []kit.Option{{ID: "", Label: lang.L("Automatic"), Help: lang.L("The default network, else one of the machine’s own")}}
	for _, n := range p.w.facts.networks {
		o := kit.Option{ID: n.Name, Label: n.Name, Help: forwardWords(n.Forward)}
		if !n.Active && n.Name != "default" {
			o.Disabled = lang.L("This network is not running.")
		}
		options = append(options, o)
	}
	none := kit.Option{ID: noNetwork, Label: lang.L("No network card")}
	if p.w.draft.source == sourceNetwork {
		none.Disabled = lang.L("The machine boots from the network.")
	}
	p.network.SetOptions(append(options, none))
	p.network.Choose(p.w.draft.network)
	p.macRow.Hidden = p.w.draft.network == noNetwork
	p.mac.SetText(p.w.draft.mac)
	p.screen.SetOn(!p.w.draft.noScreen)
	p.nothing.show(p.w.found)
}

// forwardWords say how a network reaches others.
func forwardWords(forward string) string {
	switch forward {
	case "":
		return lang.L("Isolated: host and machines only")
	case "nat":
		return lang.L("NAT: out through the host")
	case "bridge":
		return lang.L("Bridge: in the host’s own network")
	case "route", "open":
		return lang.L("Routed by the host")
	}
	return forward
}
