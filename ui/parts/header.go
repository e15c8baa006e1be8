package parts

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// A Header is the top of every page: title, chips, a line of facts, and the
// page's actions at the right.
type Header struct {
	title *kit.Text
	facts *kit.Text
	line  *fyne.Container
	row   *fyne.Container
	all   *fyne.Container

	fitted []fyne.Size // what chips and buttons measured when they were laid out; hidden ones nothing
}

// headerHeight is the height of title, facts and the room around them.
const headerHeight = 73

// NewHeader returns a header; chips stand behind its title.
func NewHeader(title string, chips ...fyne.CanvasObject) *Header {
	h := &Header{title: kit.NewText(kit.TitleText, title), facts: kit.NewText(kit.SmallText, "").Shorten()}
	h.line = kit.Lead(10, h.title, chips...)
	words := kit.Col(2, kit.Height(28, h.line), h.facts)
	h.row = kit.Row(8)
	h.all = kit.Height(headerHeight, kit.Pad(16, 0, 12, 0, kit.Row(16, kit.Grow(words), h.row)))
	return h
}

// Content returns what to put at the top of the page.
func (h *Header) Content() fyne.CanvasObject { return h.all }

// SetTitle changes the title.
func (h *Header) SetTitle(title string) {
	if h.title.Words() == title {
		return
	}
	h.title.SetText(title)
	h.line.Refresh()
}

// SetFacts changes the line under the title. Empty facts are left out.
func (h *Header) SetFacts(facts ...string) {
	var known []string
	for _, f := range facts {
		if f != "" {
			known = append(known, f)
		}
	}
	h.facts.SetText(strings.Join(known, "   ·   "))
}

// SetActions replaces the buttons at the right.
func (h *Header) SetActions(actions ...fyne.CanvasObject) {
	h.row.Objects = actions
	h.row.Refresh()
	h.all.Refresh()
}

// Refit lays the header out again if chips or buttons have changed size.
func (h *Header) Refit() {
	var sizes []fyne.Size
	for _, o := range slices.Concat(h.line.Objects, h.row.Objects, []fyne.CanvasObject{h.facts}) {
		size := fyne.Size{}
		if o.Visible() {
			size = o.MinSize()
		}
		sizes = append(sizes, size)
	}
	if !slices.Equal(sizes, h.fitted) {
		h.fitted = sizes
		h.all.Refresh()
	}
}

// Frame puts header and body of a page on its surface, with the margins that
// every page has. bar, under the header, may be nil.
func Frame(h *Header, bar, body fyne.CanvasObject) fyne.CanvasObject {
	page := kit.Col(0, h.Content())
	if bar != nil {
		page.Add(bar)
	}
	page.Add(kit.Gap(1, 16))
	page.Add(kit.Grow(body))
	return kit.Pad(0, 24, 20, 24, page)
}

// Scrolled lets the cards of a page scroll. The bar lies in the page's margin,
// not on them, and the lower corners of the last ones stay inside.
func Scrolled(cards fyne.CanvasObject) fyne.CanvasObject {
	const bar, bottom = 14, 6
	return kit.Pad(0, -bar, 0, 0, container.NewVScroll(kit.Pad(0, bar, bottom, 0, cards)))
}
