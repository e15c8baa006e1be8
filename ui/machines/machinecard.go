package machines

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// pictureRadius rounds the corners of a thumbnail.
const pictureRadius = 6

// machineCard shows a machine in the card view: its screen, name, load, state
// and address, and its host where there are several.
type machineCard struct {
	content *fyne.Container
	page    *tablePage
	machine parts.Machine
	picture *canvas.Image
	icon    *kit.Icon
	name    *kit.Text
	load    *kit.Text
	chip    *kit.Chip
	address *kit.Text
}

func newMachineCard(p *tablePage) *machineCard {
	c := &machineCard{
		page: p, picture: &canvas.Image{FillMode: canvas.ImageFillContain, CornerRadius: pictureRadius},
		icon: kit.NewIcon("monitor", 24, theme.Muted),
		name: kit.NewText(kit.MediumText, "").Shorten(), load: kit.NewText(kit.SmallText, ""),
		chip: kit.NewChip("", "", theme.Muted), address: kit.NewText(kit.SmallText, "").Shorten().Trailing(),
	}
	well := kit.Stack(kit.NewBox(theme.Terminal, theme.None, pictureRadius), kit.Center(c.icon), c.picture)
	c.content = kit.CardContent(well, kit.Row(8, kit.Grow(c.name), c.load), kit.Row(8, c.chip, kit.Grow(c.address)))
	p.cards = append(p.cards, c)
	return c
}

// Content is part of kit.RowCard.
func (c *machineCard) Content() fyne.CanvasObject { return c.content }

// Show is part of kit.RowCard.
func (c *machineCard) Show(m parts.Machine) {
	c.machine = m
	c.name.SetText(m.Name)
	load := ""
	if m.HasRates && !m.Stale() {
		load = parts.Percent(m.Rates.CPUPercent)
	}
	if c.load.Words() != load {
		c.load.SetText(load)
		c.content.Refresh()
	}
	look := parts.LookOf(m.State)
	c.chip.Set(look.Icon, look.Word, look.Token)
	words := c.page.machines.inventory.Address(m)
	if words == "" {
		words = parts.Size(m.Memory)
	}
	if c.page.hosts > 1 {
		words += "  ·  " + string(m.Host)
	}
	c.address.SetText(words)
	c.showPicture()
}

// showPicture shows the machine's screen, or a sign where there is nothing to see.
func (c *machineCard) showPicture() {
	picture := c.page.thumbnails.of(c.machine)
	if picture == nil {
		icon := "monitor"
		if !c.machine.State.Active() {
			icon = "power"
		}
		c.icon.SetIcon(icon)
	}
	c.icon.Hidden = picture != nil
	if c.picture.Image == picture {
		return
	}
	c.picture.Image = picture
	c.picture.Hidden = picture == nil
	c.picture.Refresh()
	c.icon.Refresh()
}

// pictureSize is the most that a thumbnail measures: cards are seldom twice as
// wide as they must be.
func (p *tablePage) pictureSize() image.Point {
	scale := p.machines.kit.Win.Canvas().Scale()
	return image.Pt(int(3*kit.CardPicture*scale), int(kit.CardPicture*scale))
}

// showPictures tells the cards of the machine that there is a new picture of it.
func (p *tablePage) showPictures(vm virt.Ref) {
	for _, c := range p.cards {
		if c.machine.Ref().Same(vm) {
			c.showPicture()
		}
	}
}
