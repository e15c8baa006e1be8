package activity

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// runningCard lists what runs now: how far it is, and the button that stops it.
type runningCard struct {
	activity *Activity
	lines    map[string]*runningLine
	list     *fyne.Container
	content  *fyne.Container
}

func newRunningCard(a *Activity) *runningCard {
	c := &runningCard{activity: a, lines: map[string]*runningLine{}, list: kit.Col(12)}
	c.content = kit.Pad(0, 0, 14, 0, kit.NewCard(lang.L("Running now"), nil, c.list))
	c.content.Hide()
	return c
}

// show keeps the lines of operations that are still running, so that their
// buttons keep the focus.
func (c *runningCard) show() {
	still := map[string]*runningLine{}
	c.list.Objects = nil
	for i, op := range c.activity.running {
		line := c.lines[op.ID]
		if line == nil {
			line = newRunningLine(c.activity, op)
		}
		line.show(op)
		still[op.ID] = line
		if i > 0 {
			c.list.Add(kit.HLine())
		}
		c.list.Add(line.content)
	}
	c.lines = still
	c.content.Hidden = len(still) == 0
	c.content.Refresh()
}

// runningLine is one operation that runs.
type runningLine struct {
	name, state *kit.Text
	bar         *kit.UsageBar
	pace        pace
	content     fyne.CanvasObject
}

func newRunningLine(a *Activity, op virt.Operation) *runningLine {
	l := &runningLine{name: kit.NewText(kit.MediumText, "").Shorten(), state: kit.NewText(kit.SmallText, ""), bar: kit.NewUsageBar(6)}
	words := kit.Col(7, kit.Row(12, kit.Grow(l.name), l.state), l.bar)
	row := kit.Row(12, kit.NewIcon("loader-circle", 18, theme.Accent), kit.Grow(words))
	if op.CanStop() {
		stop := kit.Secondary("", lang.L("Stop"), nil).Small().AlsoOn(fyne.KeyDelete)
		stop.SetName(lang.L("Stop: {{.What}}", map[string]any{"What": parts.Doing(op)}))
		stop.OnPress(func() { a.stop(op.ID, stop) })
		row.Add(stop)
	}
	l.content = row
	return l
}

func (l *runningLine) show(op virt.Operation) {
	name := parts.Doing(op)
	l.name.SetText(name)
	state, share := parts.StageWords(op.Stage), 0.0
	if op.Total > 0 {
		share = float64(op.Done) / float64(op.Total)
		state = parts.StepWords(op)
		if op.Stage != "" && !op.IsBatch() {
			state = parts.StageWords(op.Stage) + "  ·  " + state
		}
	}
	if words := l.pace.words(op, time.Now()); words != "" {
		state += "  ·  " + words
	}
	l.state.SetText(state)
	l.bar.SetShare(share)
	l.bar.Describe(name, state)
	l.content.Refresh()
}
