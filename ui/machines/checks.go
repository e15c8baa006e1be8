package machines

import (
	"context"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// checkText is how wide the words of a finding are, wherever they are shown.
const checkText = 520

// checks say whether a host is ready for machines: what is the matter comes
// first, with its cause, what to do and the command; the rest on demand. They
// are shown on a card of the welcome and in a dialog.
type checks struct {
	machines *Machines
	host     virt.HostID
	view     *kit.View[[]virt.Check]
	found    []virt.Check
	all      bool // what is right is shown, too
	sum      *kit.Chip
	again    *kit.Button
	rows     *fyne.Container
	changed  func()             // the height may be another
	told     func([]virt.Check) // something was found; may be nil
}

// newChecks makes the findings of a host; nothing is looked at before the view
// is changed and visible, because the first look at QEMU takes libvirt seconds.
func newChecks(m *Machines, id virt.HostID, changed func()) *checks {
	c := &checks{machines: m, host: id, rows: kit.Col(0), changed: changed}
	c.sum = kit.NewChip("loader-circle", lang.L("Checking"), theme.Muted)
	c.again = kit.Secondary("refresh-cw", lang.L("Check again"), c.look).Small()
	c.view = kit.NewView(m.kit, func(ctx context.Context) ([]virt.Check, error) { return m.svc.Hosts.Check(ctx, id) }, c.show)
	c.view.Slow(func() {
		c.rows.Objects = []fyne.CanvasObject{kit.PadAll(16, kit.NewSkeleton(4))}
		c.changed()
	})
	return c
}

// look looks again, as the button says.
func (c *checks) look() {
	c.again.SetBusy(true)
	c.view.Changed()
}

func (c *checks) show(found []virt.Check, err error) {
	c.again.SetBusy(false)
	if err != nil {
		c.fail(err)
		return
	}
	if !reflect.DeepEqual(found, c.found) {
		c.found = found
		c.lay()
	}
	if c.told != nil {
		c.told(found)
	}
}

// fail says why nothing could be looked at.
func (c *checks) fail(err error) {
	c.found = nil
	p := kit.Explain(err)
	c.sum.Set("circle-alert", lang.L("Not checked"), theme.Err)
	words := kit.Col(6, kit.NewParagraph(kit.BodyText, p.Why, checkText))
	if p.Hint != "" {
		words.Add(kit.NewParagraph(kit.SmallText, lang.L(p.Hint), checkText))
	}
	c.rows.Objects = []fyne.CanvasObject{kit.PadAll(16, words)}
	c.changed()
}

// lay builds the rows anew.
func (c *checks) lay() {
	var problems, rest []fyne.CanvasObject
	for _, check := range c.found {
		if check.Problem() {
			problems = append(problems, c.problem(check))
		} else {
			rest = append(rest, settled(check))
		}
	}
	if len(problems) == 0 {
		c.sum.Set("circle-check", lang.L("Ready"), theme.OK)
		problems = append(problems, kit.Pad(18, 16, 18, 16, kit.NewEmptyState("circle-check", lang.L("Everything is ready"),
			lang.N("{{.Count}} things were looked at.", len(c.found), map[string]any{"Count": len(c.found)}))))
	} else {
		c.sum.Set("triangle-alert", lang.N("{{.Count}} things to look at", len(problems), map[string]any{"Count": len(problems)}), theme.Warn)
	}
	c.rows.Objects = nil
	for _, row := range problems {
		c.rows.Add(kit.HLine())
		c.rows.Add(row)
	}
	c.rows.Add(kit.HLine())
	c.rows.Add(c.more(len(rest), len(problems) == 0))
	if c.all {
		c.rows.Objects = append(c.rows.Objects, rest...)
		c.rows.Add(kit.Gap(1, 8))
	}
	c.rows.Refresh()
	c.changed()
}

// more is the link that shows what needs nobody's attention; alone there is
// nothing else.
func (c *checks) more(count int, alone bool) fyne.CanvasObject {
	icon, words, hide := "chevron-right", lang.N("Show {{.Count}} other findings", count, map[string]any{"Count": count}), lang.L("Hide the other findings")
	if alone {
		words, hide = lang.N("Show {{.Count}} findings", count, map[string]any{"Count": count}), lang.L("Hide the findings")
	}
	if c.all {
		icon, words = "chevron-down", hide
	}
	link := kit.Link(icon, words, func() {
		c.all = !c.all
		c.lay()
	})
	return kit.Pad(8, 16, 8, 16, kit.Row(0, link, kit.Spacer()))
}

// problem is a finding that wants attention: cause, remedy, the command with a
// button that copies it, and one that mends it where that may be done.
func (c *checks) problem(check virt.Check) fyne.CanvasObject {
	title := lang.L(check.Title)
	icon, token := checkLook(check.Status)
	head := kit.Row(8, kit.Grow(kit.NewText(kit.MediumText, title).Shorten()))
	below := float32(0)
	if check.Fixable {
		head.Add(c.fix(check.ID, title))
		below = -5 // the words follow as closely as below a line without a button
	}
	words := kit.Col(5, kit.Pad(0, 0, below, 0, head), narrowed(kit.NewParagraph(kit.SmallText, lang.L(check.Cause), checkText)))
	if check.Remedy != "" {
		words.Add(narrowed(kit.NewParagraph(kit.SmallText, lang.L(check.Remedy), checkText).In(theme.Text)))
	}
	if check.Command != "" {
		finding := map[string]any{"Finding": title}
		words.Add(parts.WithCopy(c.machines.kit, lang.L("Copy the command for {{.Finding}}", finding), kit.NewCode(lang.L("Command for {{.Finding}}", finding), check.Command, 1)))
	}
	lower := float32(0)
	if check.Fixable {
		lower = 5 // to the middle of a line that has a button
	}
	return kit.Pad(11, 16, 11, 18, kit.RowTop(14, kit.Pad(lower, 0, 0, 0, kit.NewIcon(icon, 18, token)), kit.Grow(words)))
}

// narrowed keeps a paragraph as wide as its height was reckoned for.
func narrowed(p *kit.Paragraph) fyne.CanvasObject { return kit.Row(0, kit.Width(checkText, p)) }

func (c *checks) fix(id, title string) *kit.Button {
	fix := kit.Secondary("wrench", lang.L("Fix it"), nil).Small().WithHint(lang.L("Fix: {{.Finding}}", map[string]any{"Finding": title}))
	fix.OnPress(func() {
		c.machines.kit.RunOn(fix, func(ctx context.Context) error {
			err := c.machines.svc.Hosts.Fix(ctx, c.host, id)
			c.view.Changed()
			return err
		})
	})
	return fix
}

// settled is a finding in order, or one that could not be looked at.
func settled(check virt.Check) fyne.CanvasObject {
	icon, token := checkLook(check.Status)
	words := kit.Col(1, kit.NewText(kit.MediumText, lang.L(check.Title)).Shorten(), kit.NewText(kit.SmallText, lang.L(check.Cause)).Shorten())
	return kit.Pad(5, 16, 5, 18, kit.Row(14, kit.NewIcon(icon, 16, token), kit.Grow(words)))
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
		return "info", theme.Muted
	}
}

func readyTitle(id virt.HostID) string {
	return lang.L("Is {{.Host}} ready?", map[string]any{"Host": id})
}

// card is the findings on a card.
func (c *checks) card() fyne.CanvasObject {
	head := kit.Pad(14, 16, 14, 18, kit.Row(10, kit.NewText(kit.HeadingText, readyTitle(c.host)), kit.Spacer(), c.sum, c.again))
	return kit.NewFlushCard(readyTitle(c.host), kit.Col(0, head, c.rows))
}

func (c *checks) setVisible(visible bool) { c.view.SetVisible(visible) }

func (c *checks) close() { c.view.Stop() }
