package machines

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// screenCard shows the screen of a machine that runs, small, as long as there is
// one to show.
type screenCard struct {
	machines   *Machines
	machine    []parts.Machine // none while unknown
	thumbnails *thumbnails
	picture    *canvas.Image
	icon       *kit.Icon
	card       *kit.Card
	visible    bool
}

// screenWidth and screenHeight are the most that the picture measures, in units; it
// is as high as five facts at the least.
const screenWidth, screenHeight, screenLeast = 480, 300, 116

func newScreenCard(m *Machines, ref virt.Ref) *screenCard {
	c := &screenCard{
		machines: m, picture: &canvas.Image{FillMode: canvas.ImageFillContain, CornerRadius: pictureRadius},
		icon: kit.NewIcon("monitor", 24, theme.Muted),
	}
	c.thumbnails = m.newThumbnails(func() []parts.Machine { return c.machine }, func() image.Point {
		scale := m.kit.Win.Canvas().Scale()
		return image.Pt(int(screenWidth*scale), int(screenHeight*scale))
	}, func(virt.Ref) { c.showPicture() })
	var open fyne.CanvasObject
	if m.actions.Console != nil {
		open = kit.Link("", lang.L("Console"), func() { m.actions.Console(ref) }).WithHint(lang.L("Open console"))
	}
	c.picture.Hide()
	c.card = kit.NewCard(lang.L("Screen"), open, kit.Stack(kit.NewBox(theme.Terminal, theme.None, pictureRadius), kit.Center(c.icon), c.picture, kit.Gap(1, screenLeast)))
	c.card.Hide()
	return c
}

// show follows the machine, which has so many screens, and says whether the card
// has come or gone.
func (c *screenCard) show(m parts.Machine, screens int) bool {
	c.machine = []parts.Machine{m}
	_, can := parts.Can(virt.ScreenshotVM, m)
	can = can && screens > 0
	changed := can != c.card.Visible()
	c.card.Hidden = !can
	c.showPicture()
	c.look()
	return changed
}

func (c *screenCard) setVisible(visible bool) {
	c.visible = visible
	c.look()
}

func (c *screenCard) look() { c.thumbnails.run(c.visible && c.card.Visible()) }

func (c *screenCard) showPicture() {
	if len(c.machine) == 0 {
		return
	}
	picture := c.thumbnails.of(c.machine[0])
	if c.picture.Image == picture {
		return
	}
	c.picture.Image = picture
	c.picture.Hidden, c.icon.Hidden = picture == nil, picture != nil
	c.picture.Refresh()
	c.icon.Refresh()
}
