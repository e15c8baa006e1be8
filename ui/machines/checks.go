package machines

import (
	"context"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// checkCard says whether a host is ready for machines, and mends what it can.
type checkCard struct {
	machines *Machines
	host     virt.HostID
	view     *kit.View[[]virt.Check]
	checks   []virt.Check
	sum      *kit.Chip
	rows     *fyne.Container
	content  *fyne.Container
	changed  func()
}

// newCheckCard makes the card of a host; changed is called when its height may
// have changed.
func newCheckCard(m *Machines, id virt.HostID, changed func()) *checkCard {
	c := &checkCard{machines: m, host: id, rows: kit.Col(0), changed: changed}
	c.sum = kit.NewChip("circle-check", "", theme.OK)
	c.view = kit.NewView(m.kit, func(ctx context.Context) ([]virt.Check, error) { return m.svc.Hosts.Check(ctx, id) }, c.show)
	again := kit.Secondary("refresh-cw", lang.L("Check again"), func() { c.view.Changed() }).Small()
	head := kit.Pad(14, 16, 14, 18, kit.Row(10,
		kit.NewText(kit.HeadingText, lang.L("Is {{.Host}} ready?", map[string]any{"Host": id})), kit.Spacer(), c.sum, again))
	c.content = kit.Stack(kit.NewFlushCard(lang.L("Is {{.Host}} ready?", map[string]any{"Host": id}), kit.Col(0, head, c.rows)))
	c.content.Hide()
	c.view.SetVisible(false)
	c.view.Changed() // when it is first seen; later on demand, because looking at QEMU takes libvirt seconds
	return c
}

// show shows the findings; a host that cannot even be asked has a card of its own.
func (c *checkCard) show(checks []virt.Check, err error) {
	if err != nil || reflect.DeepEqual(checks, c.checks) {
		return
	}
	c.checks = checks
	c.rows.Objects = nil
	problems := 0
	for _, check := range checks {
		if check.Status == virt.CheckFail || check.Status == virt.CheckWarn {
			problems++
		}
		c.rows.Add(kit.HLine())
		c.rows.Add(c.row(check))
	}
	if problems == 0 {
		c.sum.Set("circle-check", lang.L("Ready"), theme.OK)
	} else {
		c.sum.Set("triangle-alert", lang.N("{{.Count}} things to look at", problems, map[string]any{"Count": problems}), theme.Warn)
	}
	c.content.Show()
	c.changed()
}

// row is one finding: what was looked at, what is the matter, and what helps.
func (c *checkCard) row(check virt.Check) fyne.CanvasObject {
	icon, token := checkLook(check.Status)
	words := kit.Col(2, kit.NewText(kit.MediumText, lang.L(check.Title)).Shorten(), kit.NewText(kit.SmallText, lang.L(check.Cause)).Shorten())
	if check.Remedy != "" {
		words.Add(kit.NewParagraph(kit.SmallText, lang.L(check.Remedy), welcomeWidth-200).In(theme.Text))
	}
	row := kit.Row(14, kit.NewIcon(icon, 18, token), kit.Grow(words))
	if check.Fixable && check.Status != virt.CheckOK {
		fix := kit.Secondary("wrench", lang.L("Fix it"), nil).Small()
		fix.OnPress(func() {
			c.machines.kit.RunOn(fix, func(ctx context.Context) error {
				err := c.machines.svc.Hosts.Fix(ctx, c.host, check.ID)
				c.view.Changed()
				return err
			})
		})
		row.Add(fix)
	}
	return kit.Pad(9, 16, 9, 18, row)
}

func checkLook(s virt.CheckStatus) (icon string, token theme.Token) {
	switch s {
	case virt.CheckOK:
		return "circle-check", theme.OK
	case virt.CheckWarn:
		return "triangle-alert", theme.Warn
	case virt.CheckFail:
		return "circle-alert", theme.Err
	default:
		return "info", theme.Accent
	}
}

func (c *checkCard) setVisible(visible bool) { c.view.SetVisible(visible) }

func (c *checkCard) close() { c.view.Stop() }
