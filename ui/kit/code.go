package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Code shows a text with fixed spaces, such as XML or a command, in a well that
// scrolls. It is read only.
type Code struct {
	widget.BaseWidget
	name, words string
	lines       *fyne.Container
	all         *fyne.Container
}

// NewCode returns a well for at least that many lines. The name is for screen
// readers.
func NewCode(name, words string, lines int) *Code {
	c := &Code{name: name, lines: Col(2)}
	scroll := container.NewScroll(Pad(10, 12, 10, 12, c.lines))
	height := (SnapUp(MonoText.measure("M").Height)+2)*float32(lines) + 20
	c.all = Stack(NewBox(theme.Inset, theme.Line, 10), PadAll(1, Height(height, scroll)))
	c.SetText(words)
	c.ExtendBaseWidget(c)
	return c
}

// Words is the text.
func (c *Code) Words() string { return c.words }

// SetText changes the text.
func (c *Code) SetText(words string) {
	if c.words == words {
		return
	}
	c.words, c.lines.Objects = words, nil
	for line := range strings.SplitSeq(strings.TrimRight(words, "\n"), "\n") {
		c.lines.Add(NewText(MonoText, line))
	}
	c.all.Refresh()
}

// A11y describes the text.
func (c *Code) A11y() Node {
	return Node{Role: "text", Name: c.name, Value: c.words, States: []string{"multi line", "read only"}}
}

// CreateRenderer is part of fyne.Widget.
func (c *Code) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(c, func() fyne.Size { return minSize(c.all) }, func(s fyne.Size) { c.all.Resize(s) }, func() {}, c.all)
}
