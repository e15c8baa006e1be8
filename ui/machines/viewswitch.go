package machines

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// viewSetting is where it is kept whether the machines are shown as cards.
const viewSetting = "machines.view"

// The values of viewSetting, in the order of the switch.
var machineViews = []string{"list", "cards"}

// newViewSwitch makes the choice between lines and cards, set as it was left.
func (p *tablePage) newViewSwitch() *kit.Segmented {
	s := kit.NewSegmented(lang.L("View"), func(chosen int) {
		p.showAs(chosen == 1)
		p.machines.kit.Run(func(ctx context.Context) error {
			return p.machines.svc.Settings.SetUI(ctx, viewSetting, machineViews[chosen])
		})
	}, lang.L("List"), lang.L("Cards"))
	var view string
	if p.machines.svc.Settings.UI(viewSetting, &view) && view == machineViews[1] {
		s.Choose(1)
		p.setCards(true)
	}
	return s
}

// showAs shows the machines as cards or as lines.
func (p *tablePage) showAs(cards bool) {
	p.setCards(cards)
	p.followScreens()
	p.show(RowsChanged)
	p.content.Refresh()
}

func (p *tablePage) setCards(cards bool) {
	p.table.SetCards(cards)
	p.columns.Enable()
	if cards {
		p.columns.DisableBecause(lang.L("Cards have no columns."))
	}
}

// followScreens takes pictures while cards can be seen.
func (p *tablePage) followScreens() { p.thumbnails.run(p.visible && p.table.Cards()) }
