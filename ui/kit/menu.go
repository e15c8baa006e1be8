package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// MenuItem is one row of a menu. The zero value of most fields means without.
type MenuItem struct {
	Icon     string
	Label    string
	Help     string // a second line
	Shortcut string // shown at the right; the menu does not listen to it
	Danger   bool
	Checked  bool   // ticked, in menus where one thing is chosen
	Disabled string // why the item cannot be chosen now
	Off      bool   // cannot be chosen, without a reason
	Sub      []MenuItem
	Line     bool // a separator; everything else is ignored
	Do       func()
}

// MenuLine separates groups of items.
func MenuLine() MenuItem { return MenuItem{Line: true} }

func (m MenuItem) isOff() bool { return m.Off || m.Disabled != "" }

// Menu is a menu on screen, with those of its submenus that are open.
type Menu struct {
	layer  *layer
	panels []*menuPanel
	closed func()
}

// ShowMenu opens a menu with its corner at that position of the canvas, as a
// context menu does.
func ShowMenu(on fyne.Canvas, at fyne.Position, items []MenuItem) *Menu {
	return showMenu(on, items, 0, func(room, size fyne.Size) fyne.Position { return cornerAt(at, room, size) })
}

// ShowMenuUnder opens a menu under a control, or above it where there is no room.
func ShowMenuUnder(owner fyne.CanvasObject, items []MenuItem) *Menu {
	return showMenuUnder(owner, items, 0)
}

func showMenuUnder(owner fyne.CanvasObject, items []MenuItem, width float32) *Menu {
	on := canvasOf(owner)
	if on == nil {
		return nil
	}
	at, size := positionOf(owner), owner.Size()
	return showMenu(on, items, width, func(room, menu fyne.Size) fyne.Position {
		return under(at, size, room, menu)
	})
}

func showMenu(on fyne.Canvas, items []MenuItem, width float32, place func(room, size fyne.Size) fyne.Position) *Menu {
	m := &Menu{}
	root := newMenuPanel(m, nil, items, width)
	root.place = place
	m.panels = []*menuPanel{root}
	m.layer = newLayer(on, false, root)
	m.layer.arrange = m.arrange
	m.layer.outside = func(*desktop.MouseEvent) { m.Close() }
	m.layer.onKey = root.TypedKey
	m.layer.open()
	on.Focus(root)
	return m
}

// Close takes the menu away. The focus returns to where it was.
func (m *Menu) Close() {
	if !m.layer.isOpen() {
		return
	}
	m.layer.close()
	if m.closed != nil {
		m.closed()
	}
}

// arrange places the panels, the first one by its owner, the others beside
// the row that opened them.
func (m *Menu) arrange(room fyne.Size) {
	for _, p := range m.panels {
		size := p.wanted(room)
		p.Resize(size)
		p.Move(p.place(room, size))
	}
}

// openSub shows the submenu of the row; a deeper one that is open closes.
func (m *Menu) openSub(from *menuPanel, row *menuRow) {
	m.closeBelow(from)
	sub := newMenuPanel(m, from, row.item.Sub, 0)
	sub.place = func(room, size fyne.Size) fyne.Position { return besideRow(from, row, room, size) }
	m.panels = append(m.panels, sub)
	m.show()
}

// closeBelow closes the submenus that the panel has opened.
func (m *Menu) closeBelow(p *menuPanel) {
	for i := range m.panels {
		if m.panels[i] == p && i+1 < len(m.panels) {
			m.panels = m.panels[:i+1]
			m.show()
			return
		}
	}
}

func (m *Menu) show() {
	m.layer.content.Objects = nil
	for _, p := range m.panels {
		m.layer.content.Objects = append(m.layer.content.Objects, p)
	}
	m.arrange(m.layer.Size())
	m.layer.content.Refresh()
}

// last is the panel that takes the keys.
func (m *Menu) last() *menuPanel { return m.panels[len(m.panels)-1] }

// choose closes the menu and does what the item is for.
func (m *Menu) choose(item MenuItem) {
	m.Close()
	if item.Do != nil {
		item.Do()
	}
}

const menuMargin = 8 // least distance of a menu from the edges of the window

func cornerAt(at fyne.Position, room, size fyne.Size) fyne.Position {
	x, y := at.X, at.Y
	if x+size.Width > room.Width-menuMargin {
		x -= size.Width
	}
	if y+size.Height > room.Height-menuMargin {
		y -= size.Height
	}
	return inRoom(x, y, room, size)
}

func under(at fyne.Position, owner, room, size fyne.Size) fyne.Position {
	const distance = 4
	x, y := at.X, at.Y+owner.Height+distance
	if x+size.Width > room.Width-menuMargin {
		x = at.X + owner.Width - size.Width
	}
	if y+size.Height > room.Height-menuMargin && at.Y-distance-size.Height >= menuMargin {
		y = at.Y - distance - size.Height
	}
	return inRoom(x, y, room, size)
}

func besideRow(p *menuPanel, row *menuRow, room, size fyne.Size) fyne.Position {
	const overlap = 4
	x := p.Position().X + p.Size().Width - overlap
	if x+size.Width > room.Width-menuMargin {
		x = p.Position().X - size.Width + overlap
	}
	return inRoom(x, p.Position().Y+p.rowTop(row)-menuPadding, room, size)
}

func inRoom(x, y float32, room, size fyne.Size) fyne.Position {
	x = max(menuMargin, min(x, room.Width-menuMargin-size.Width))
	y = max(menuMargin, min(y, room.Height-menuMargin-size.Height))
	return fyne.NewPos(Snap(x), Snap(y))
}
