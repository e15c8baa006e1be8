package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// A Node is what a widget says of itself to a screen reader and to the UI
// socket. Roles, states and actions are words of AT-SPI ("push button",
// "checked", "click"). The states that follow from the canvas (visible,
// showing, enabled, sensitive, focusable, focused) are added by the walker.
type Node struct {
	ID          string // stable identity, such as a machine's UUID; may be empty
	Role        string
	Name        string
	Description string
	Value       string
	States      []string
	Actions     []string
}

// Accessible is implemented by every widget of this program. A11y is called
// on the UI goroutine and returns what is true now.
type Accessible interface{ A11y() Node }

// Parent is implemented by widgets that are made of other objects. Children
// returns the objects drawn directly by the widget, positioned relative to it.
type Parent interface{ Children() []fyne.CanvasObject }

// roleNamer is how widgets below this package's floor describe themselves.
type roleNamer interface {
	A11yRole() string
	A11yName() string
}

// valuer is one of those that has a text, too.
type valuer interface{ A11yValue() string }

// Named gives obj, usually a stock widget, the name that screen readers say.
func Named(name string, obj fyne.CanvasObject) *fyne.Container {
	return container.New(&nameLayout{name: name}, obj)
}

// nameLayout fills the container with its objects and remembers their name.
type nameLayout struct{ name string }

func (*nameLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

func (*nameLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}

// describe returns what obj says of itself, or for a stock widget what can be
// said of it, and whether it is worth a node of its own.
func describe(obj fyne.CanvasObject) (Node, bool) {
	switch o := obj.(type) {
	case Accessible:
		return o.A11y(), true
	case roleNamer:
		n := Node{Role: o.A11yRole(), Name: o.A11yName()}
		if v, ok := obj.(valuer); ok {
			n.Value = v.A11yValue()
		}
		return n, true
	}
	return describeStock(obj)
}

func describeStock(obj fyne.CanvasObject) (Node, bool) {
	switch o := obj.(type) {
	case *canvas.Text:
		return Node{Role: "label", Name: o.Text}, o.Text != ""
	case *widget.Label:
		return Node{Role: "label", Name: o.Text}, o.Text != ""
	case *widget.RichText:
		return Node{Role: "label", Name: o.String()}, true
	case *widget.Hyperlink:
		return Node{Role: "link", Name: o.Text, Actions: []string{"click"}}, true
	case *widget.Button:
		return Node{Role: "push button", Name: o.Text, Actions: []string{"click"}}, true
	case *widget.Entry:
		return describeEntry(o), true
	case *widget.Check:
		return Node{Role: "check box", Name: o.Text, States: when(o.Checked, "checked"), Actions: []string{"toggle"}}, true
	case *widget.RadioGroup:
		return Node{Role: "radio group", Value: o.Selected}, true
	case *widget.Select:
		return Node{Role: "combo box", Value: o.Selected, States: []string{"expandable"}, Actions: []string{"press"}}, true
	case *widget.Slider:
		return Node{Role: "slider", Value: formatFloat(o.Value)}, true
	case *widget.ProgressBar:
		return Node{Role: "progress bar", Value: formatFloat(o.Value)}, true
	case *container.Scroll:
		return Node{Role: "scroll pane"}, false
	}
	return Node{}, false
}

func describeEntry(e *widget.Entry) Node {
	n := Node{Role: "text", Name: e.PlaceHolder, Value: e.Text, States: append(when(!e.Disabled(), "editable"), when(e.MultiLine, "multi line")...)}
	if e.Password {
		n.Role, n.Value = "password text", ""
	}
	return n
}

// children returns the objects inside obj, positioned relative to it, and
// whether obj cuts off what reaches beyond its edges.
func children(obj fyne.CanvasObject) (inside []fyne.CanvasObject, clips bool) {
	switch o := obj.(type) {
	case Parent:
		return o.Children(), false
	case *fyne.Container:
		return o.Objects, false
	case *container.Scroll:
		return one(o.Content), true
	case *container.Clip:
		return one(o.Content), true
	case *container.Split:
		return []fyne.CanvasObject{o.Leading, o.Trailing}, false
	case *widget.PopUp:
		return one(o.Content), false
	}
	return nil, false
}

func one(obj fyne.CanvasObject) []fyne.CanvasObject {
	if obj == nil {
		return nil
	}
	return []fyne.CanvasObject{obj}
}

func when(is bool, state string) []string {
	if is {
		return []string{state}
	}
	return nil
}
