package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// NewDiff shows a unified diff: what went is marked by a minus and a colour,
// what came by a plus and another. Long lines scroll sideways.
func NewDiff(unified string) fyne.CanvasObject {
	lines := Col(0)
	for _, line := range strings.Split(strings.TrimSuffix(unified, "\n"), "\n") {
		lines.Add(newDiffLine(line))
	}
	return container.NewScroll(Pad(0, 6, 6, 0, lines))
}

// diffHeight is the height of one line.
const diffHeight = 20

func newDiffLine(line string) fyne.CanvasObject {
	back, words := theme.None, theme.Text
	switch {
	case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "@@"):
		words = theme.Muted
	case strings.HasPrefix(line, "+"):
		back = theme.Tint(theme.OK)
	case strings.HasPrefix(line, "-"):
		back = theme.Tint(theme.Err)
	}
	text := NewText(MonoText, strings.ReplaceAll(line, "\t", "    ")).In(words)
	return Height(diffHeight, Stack(NewBox(back, theme.None, 4), Pad(0, 8, 0, 8, Row(0, text))))
}
