package console

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// typeLines is how many lines of a text are seen, typeTick how often it is told
// how far the typing is, mostNamed how many characters are named.
const (
	typeLines = 7
	typeTick  = 100 * time.Millisecond
	mostNamed = 20
)

// A typist asks for a text and types it in the machine, key by key.
type typist struct {
	view   *view
	text   *kit.CodeEntry
	field  *kit.FormRow
	layout *kit.Select
	button *kit.Button
	dialog *kit.Dialog
	cancel func() // of the typing
}

// typeText opens the dialog.
func (v *view) typeText() {
	t := &typist{view: v, cancel: func() {}}
	t.text = kit.NewCodeEntry(lang.L("Text"), typeLines)
	t.text.OnChanged = func(string) { t.check() }
	t.field = kit.NewField(lang.L("Text"), lang.L("Each character is a key that is pressed, so it works in a login or a boot menu, too."), t.text)
	options := make([]kit.Option, 0, len(rfb.Layouts))
	for _, l := range rfb.Layouts {
		options = append(options, kit.Option{ID: l.ID, Label: lang.L(l.Name)})
	}
	t.layout = kit.NewSelect(lang.L("Keyboard of the machine"), options, func(o kit.Option) { t.prefer(o.ID) })
	t.layout.Choose(v.svc.Settings.ConsoleLayout())
	t.button = kit.Primary("keyboard", lang.L("Type"), t.begin)
	t.dialog = kit.NewDialog(kit.DialogSpec{
		Title:    lang.L("Type text"),
		Text:     lang.L("What stands here is typed in “{{.Name}}”.", map[string]any{"Name": v.vm.Name}),
		Tile:     kit.NewIconTile("keyboard", theme.Accent, 40),
		Width:    kit.WideDialog,
		Body:     kit.Col(14, t.field, kit.NewField(lang.L("Keyboard of the machine"), lang.L("The one that is set in the machine."), t.layout)),
		Action:   t.button,
		OnCancel: func() { t.cancel() },
	})
	t.dialog.FocusFirst(t.text.Focusable())
	t.check()
	t.dialog.Open(v.kit.Win.Canvas())
}

// prefer keeps the keyboard for the next time.
func (t *typist) prefer(id string) {
	v := t.view
	v.kit.Run(func(ctx context.Context) error { return v.svc.Settings.Set(ctx, setting.NameConsoleLayout, id) })
	t.check()
}

// keys are those that write the text, and the characters that have none.
func (t *typist) keys() (typed []rfb.Typed, missing []rune) {
	id := ""
	if chosen, ok := t.layout.Chosen(); ok {
		id = chosen.ID
	}
	return rfb.LayoutOf(id).Type(t.text.Text())
}

// check names what cannot be typed before anything is.
func (t *typist) check() {
	typed, missing := t.keys()
	problem, label := "", lang.L("Type")
	if len(missing) > 0 {
		label = lang.L("Type the rest")
		problem = lang.L("No key of this keyboard makes {{.Characters}}", map[string]any{"Characters": named(missing)})
	}
	t.field.SetProblem(problem)
	t.button.SetLabel(label)
	if len(typed) == 0 {
		t.button.DisableBecause(lang.L("There is nothing to type yet"))
	} else {
		t.button.Enable()
	}
	if t.dialog != nil {
		t.dialog.Fit()
	}
}

// named writes characters so that they are told from each other.
func named(missing []rune) string {
	var words []string
	for _, r := range missing[:min(len(missing), mostNamed)] {
		words = append(words, "“"+string(r)+"”")
	}
	if len(missing) > mostNamed {
		words = append(words, "…")
	}
	return strings.Join(words, " ")
}

// begin types, and tells how far it is.
func (t *typist) begin() {
	v := t.view
	typed, _ := t.keys()
	t.dialog.SetBusy(true)
	told := time.Now()
	t.cancel = v.kit.RunTo(func(ctx context.Context) error {
		return v.screen.Type(ctx, typed, func(done int) {
			if time.Since(told) < typeTick && done < len(typed) {
				return
			}
			told = time.Now()
			v.kit.Do(func() { t.tell(done, len(typed)) })
		})
	}, t.end)
}

func (t *typist) tell(done, of int) {
	t.field.SetProblem("")
	t.field.SetHelp(lang.L("{{.Done}} of {{.All}} characters", map[string]any{"Done": done, "All": of}))
	t.dialog.SetProgress(float64(done) / float64(of))
}

// end leads back to the machine; a failure stays in the dialog.
func (t *typist) end(err error) {
	t.dialog.SetBusy(false)
	switch {
	case errors.Is(err, context.Canceled):
	case err != nil:
		t.field.SetProblem(lang.L("The connection to the screen was lost."))
		t.dialog.Fit()
	default:
		t.dialog.Close()
		t.view.takeKeyboard()
	}
}
