package kit

import (
	"math"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
)

// An Element is one node of a window's accessibility tree as it stood when the
// tree was taken. Position and size are device pixels from the window's top
// left corner.
type Element struct {
	ID          string    `json:"id"`
	Role        string    `json:"role"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Value       string    `json:"value,omitempty"`
	States      []string  `json:"states"`
	Actions     []string  `json:"actions,omitempty"`
	X           int       `json:"x"`
	Y           int       `json:"y"`
	W           int       `json:"w"`
	H           int       `json:"h"`
	Window      int       `json:"window"`
	Children    []Element `json:"children"`
}

// Accessibility returns the tree of win: its content and what lies over it.
// Objects that mean nothing by themselves (boxes, lines, backgrounds) give
// their children to the next thing above that does. Call it on the UI
// goroutine. The number tells windows apart in the elements.
func Accessibility(win fyne.Window, number int) Element {
	c := win.Canvas()
	size := c.Size()
	w := walker{canvas: c, scale: c.Scale(), window: number}
	root := w.element(Node{Role: "frame", Name: win.Title(), ID: "window-" + strconv.Itoa(number)}, nil, area{size: size}, area{size: size}, "")
	whole := area{size: size}
	if content := c.Content(); content != nil {
		root.Children = append(root.Children, w.walk(content, fyne.Position{}, whole, root.ID+"/0", "")...)
	}
	for i, over := range c.Overlays().List() {
		root.Children = append(root.Children, w.walk(over, fyne.Position{}, whole, root.ID+"/"+strconv.Itoa(i+1), "")...)
	}
	return root
}

// walker makes the elements of one canvas.
type walker struct {
	canvas fyne.Canvas
	scale  float32
	window int
}

// area is a rectangle of the canvas.
type area struct {
	pos  fyne.Position
	size fyne.Size
}

// walk returns the elements for obj, whose parent's corner is at origin. path
// is its place in the tree, name the one given by Named.
func (w walker) walk(obj fyne.CanvasObject, origin fyne.Position, clip area, path, name string) []Element {
	if obj == nil || !obj.Visible() {
		return nil
	}
	own := area{pos: origin.Add(obj.Position()), size: obj.Size()}
	node, worthy := describe(obj)
	if box, ok := obj.(*fyne.Container); ok && !worthy {
		if named, ok := box.Layout.(*nameLayout); ok {
			name = named.name
		}
	}
	if worthy && name != "" {
		node.Name, name = name, ""
	}

	inside, clips := children(obj)
	inner := clip
	if clips {
		inner = clip.and(own)
	}
	var below []Element
	for i, child := range inside {
		below = append(below, w.walk(child, own.pos, inner, path+"/"+strconv.Itoa(i), name)...)
	}
	if !worthy {
		return below
	}
	e := w.element(node, obj, own, clip, path)
	e.Children = append(e.Children, below...)
	return []Element{e}
}

func (w walker) element(n Node, obj fyne.CanvasObject, own, clip area, path string) Element {
	if n.ID == "" {
		n.ID = path
	}
	px := func(v float32) int { return int(math.Round(float64(v * w.scale))) }
	return Element{
		ID: n.ID, Role: n.Role, Name: n.Name, Description: n.Description, Value: n.Value,
		States: w.states(n, obj, own, clip), Actions: n.Actions,
		X: px(own.pos.X), Y: px(own.pos.Y), W: px(own.size.Width), H: px(own.size.Height),
		Window: w.window, Children: []Element{},
	}
}

// states adds to the node's own states those that follow from the canvas.
func (w walker) states(n Node, obj fyne.CanvasObject, own, clip area) []string {
	states := append([]string{}, n.States...)
	add := func(state string) {
		if !slices.Contains(states, state) {
			states = append(states, state)
		}
	}
	add("visible")
	if !clip.and(own).empty() {
		add("showing")
	}
	off, disableable := obj.(fyne.Disableable)
	if slices.Contains(states, "disabled") || disableable && off.Disabled() {
		states = slices.DeleteFunc(states, func(s string) bool { return s == "disabled" })
	} else {
		add("enabled")
		add("sensitive")
	}
	if focusable, ok := obj.(fyne.Focusable); ok {
		add("focusable")
		if w.canvas.Focused() == focusable {
			add("focused")
		}
	}
	return states
}

func (a area) and(b area) area {
	left, top := max(a.pos.X, b.pos.X), max(a.pos.Y, b.pos.Y)
	right := min(a.pos.X+a.size.Width, b.pos.X+b.size.Width)
	bottom := min(a.pos.Y+a.size.Height, b.pos.Y+b.size.Height)
	return area{pos: fyne.NewPos(left, top), size: fyne.NewSize(max(0, right-left), max(0, bottom-top))}
}

// shows says whether e or an element in it has the name and can be seen.
func (e Element) shows(name string) bool {
	if e.Name == name && slices.Contains(e.States, "showing") {
		return true
	}
	return slices.ContainsFunc(e.Children, func(child Element) bool { return child.shows(name) })
}

func (a area) empty() bool { return a.size.Width <= 0 || a.size.Height <= 0 }

// Unnamed returns every visible object in root that can take the focus but
// has no role or no name, so that a screen reader could not say what it is.
func Unnamed(root fyne.CanvasObject) []fyne.CanvasObject { return unnamed(root, "") }

func unnamed(obj fyne.CanvasObject, name string) []fyne.CanvasObject {
	if obj == nil || !obj.Visible() {
		return nil
	}
	node, worthy := describe(obj)
	if box, ok := obj.(*fyne.Container); ok {
		if named, ok := box.Layout.(*nameLayout); ok {
			name = named.name
		}
	}
	if worthy && name != "" {
		node.Name, name = name, ""
	}
	var found []fyne.CanvasObject
	if _, focusable := obj.(fyne.Focusable); focusable && (node.Role == "" || node.Name == "") {
		found = append(found, obj)
	}
	inside, _ := children(obj)
	for _, child := range inside {
		found = append(found, unnamed(child, name)...)
	}
	return found
}

func formatFloat(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
