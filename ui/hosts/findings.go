package hosts

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// findings are the stages of a test, as they end.
type findings struct {
	rows    *fyne.Container
	content *fyne.Container
}

func newFindings() *findings {
	f := &findings{rows: kit.Col(0)}
	f.content = kit.Stack(kit.NewFlushCard(lang.L("Test"), kit.Pad(6, 14, 6, 14, f.rows)))
	f.content.Hide()
	return f
}

// begin shows that a test runs.
func (f *findings) begin() {
	f.rows.Objects = []fyne.CanvasObject{waiting()}
	f.content.Show()
	f.content.Refresh()
}

func waiting() fyne.CanvasObject {
	return kit.Pad(6, 0, 6, 0, kit.Row(10, kit.NewIcon("loader-circle", 16, theme.Accent), kit.NewText(kit.BodyText, lang.L("Waiting for the next answer")).In(theme.Muted)))
}

// add shows a stage that has ended, before the line that waits.
func (f *findings) add(c virt.Check) {
	last := f.rows.Objects[len(f.rows.Objects)-1:]
	f.rows.Objects = append(f.rows.Objects[:len(f.rows.Objects)-1:len(f.rows.Objects)-1], finding(c), last[0])
	f.content.Refresh()
}

// end takes the line that waits away.
func (f *findings) end() {
	f.rows.Objects = f.rows.Objects[:len(f.rows.Objects)-1]
	f.content.Hidden = len(f.rows.Objects) == 0
	f.content.Refresh()
}

func finding(c virt.Check) fyne.CanvasObject {
	icon, token := "circle-check", theme.OK
	switch c.Status {
	case virt.CheckFail:
		icon, token = "circle-alert", theme.Err
	case virt.CheckWarn:
		icon, token = "triangle-alert", theme.Warn
	case virt.CheckSkipped:
		icon, token = "minus", theme.Muted
	}
	title := kit.NewText(kit.MediumText, stageWords(c)).Shorten()
	if c.Status == virt.CheckSkipped {
		title.In(theme.Muted)
	}
	words := kit.Col(3, title)
	for _, text := range []string{c.Cause, c.Remedy} {
		if text != "" {
			words.Add(kit.NewParagraph(kit.SmallText, kit.Sentence(lang.L(text)), 440))
		}
	}
	return kit.Pad(6, 0, 6, 0, kit.RowTop(10, kit.NewIcon(icon, 16, token), kit.Grow(words)))
}

// stageWords say how a stage ended: titles are of stages that were passed.
func stageWords(c virt.Check) string {
	if c.Status == virt.CheckFail {
		switch c.ID {
		case "reach":
			return lang.L("The host is not reached")
		case "identify":
			return lang.L("The host does not prove who it is")
		case "login":
			return lang.L("The host does not let us in")
		case "libvirt":
			return lang.L("libvirt does not answer")
		case "rights":
			return lang.L("Machines may not be listed")
		}
	}
	return lang.L(c.Title)
}

// A testRun is a test under way; what an earlier one still says is not heard.
type testRun struct{ stop func() }

// toggleTest begins a test of what the form says, or stops it.
func (f *form) toggleTest() {
	if f.run != nil {
		f.endTest()
		return
	}
	if !f.right() {
		return
	}
	host, k := f.host, f.hosts.kit
	f.found.begin()
	f.test.SetLabel(lang.L("Stop the test"))
	f.dialog.ShowEnd()
	run := &testRun{}
	f.run = run
	run.stop = k.RunTo(func(ctx context.Context) error {
		_, err := f.hosts.svc.Hosts.Test(ctx, host, func(c virt.Check) {
			k.Do(func() {
				if f.run == run {
					f.found.add(c)
					f.dialog.ShowEnd()
				}
			})
		})
		return err
	}, func(error) { // the finding says it
		if f.run == run {
			f.ended()
		}
	})
}

// endTest stops the test that runs, if one does.
func (f *form) endTest() {
	if f.run == nil {
		return
	}
	f.run.stop()
	f.ended()
}

func (f *form) ended() {
	f.run = nil
	f.found.end()
	f.test.SetLabel(lang.L("Test"))
	f.dialog.ShowEnd()
}
