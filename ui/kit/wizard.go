package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Measures of a wizard.
const (
	wizardHeight  float32 = 680
	wizardMargin  float32 = 20
	stepsWidth    float32 = 218
	summaryWidth  float32 = 262
	summaryFrom   float32 = 1000 // a window less wide shows no summary
	wizardPadding float32 = 26
)

// A WizardStep is one page of a wizard.
type WizardStep struct {
	Name  string // in the list of steps
	Title string // over the page
	Text  string // under the title
	Body  fyne.CanvasObject
}

// WizardSpec says what a wizard asks, and in which order.
type WizardSpec struct {
	Icon    string
	Title   string
	Steps   []WizardStep
	Summary fyne.CanvasObject // at the right from the second step on; may be nil
	Finish  string            // the verb of the last step's button

	// Fit hears whether the window is narrow, before the wizard is laid out in it.
	Fit func(narrow bool)
	// Leave is asked before the wizard goes on from a step; false keeps it there.
	Leave func(step int) bool
	// Entered runs when a step has come into view.
	Entered func(step int)
	// OnFinish does the deed. It closes the wizard when all is well.
	OnFinish func()
	// OnCancel runs on Esc, Cancel and the cross. It closes the wizard.
	OnCancel func()
}

// Wizard asks several questions one after the other, with the list of them at
// the left. Alt+Left and Alt+Right go through them, Enter goes on, Ctrl+Enter
// finishes from any step once everything needed is there, and Esc cancels.
type Wizard struct {
	widget.BaseWidget
	kit     *Kit
	spec    WizardSpec
	layer   *layer
	unbind  func()
	at      int
	reached int // the furthest step that was seen
	skip    bool
	busy    bool
	wrong   map[int]bool

	steps   []*stepButton
	bodies  []*container.Scroll
	card    *fyne.Container
	page    *fyne.Container
	summary *fyne.Container // at the right of the page
	over    *fyne.Container // the same over the page, in a narrow window
	pane    fyne.CanvasObject
	peeking bool // the person asked for the summary in a narrow window
	title   *Text
	text    *Text
	count   *Text
	peek    *Button
	back    *Button
	jump    *Button
	next    *Button
}

// NewWizard makes a wizard of the kit's window; Open shows it.
func NewWizard(k *Kit, spec WizardSpec) *Wizard {
	w := &Wizard{kit: k, spec: spec, wrong: map[int]bool{}}
	w.title, w.text = NewText(DialogText, "").Shorten(), NewText(BodyText, "").In(theme.Muted).Shorten()
	w.count = NewText(SmallText, "")
	w.peek = Quiet("panel-right", lang.L("Summary"), func() { w.setPeeking(!w.peeking) })
	w.back = Secondary("", lang.L("Back"), func() { w.Go(w.at - 1) })
	w.jump = Secondary("", lang.L("Skip to review"), func() { w.forward(len(w.spec.Steps) - 1) })
	w.next = Primary("", lang.L("Next"), w.goOn)
	w.page, w.summary, w.over = Stack(), RowFill(0), RowFill(0)
	for _, s := range spec.Steps {
		w.bodies = append(w.bodies, container.NewVScroll(Pad(6, wizardPadding, 20, wizardPadding, s.Body)))
	}
	w.card = Stack(newShadow(14, deepBlur, deepDrop, 1), NewBox(theme.Surface, theme.OverlayEdge, 14),
		PadAll(1, RowFill(0, Width(stepsWidth, w.makeSteps()), VLine(), Grow(w.makePage()), w.summary)))
	w.makeSummary()
	w.ExtendBaseWidget(w)
	w.show()
	return w
}

func (w *Wizard) makeSteps() fyne.CanvasObject {
	list := Col(0)
	for i, s := range w.spec.Steps {
		b := newStepButton(i+1, len(w.spec.Steps), s.Name, func() { w.pick(i) })
		w.steps = append(w.steps, b)
		list.Add(b)
	}
	mark := Sized(26, 26, Stack(NewBox(theme.Fill, theme.None, 7), Center(NewIcon(w.spec.Icon, 15, theme.OnFill))))
	head := Row(10, mark, Grow(NewText(PanelText, w.spec.Title).Shorten()))
	return Stack(newEdgePane(true), Pad(22, 12, 16, 20, Col(26, Height(26, head), list)))
}

func (w *Wizard) makePage() fyne.CanvasObject {
	head := RowTop(8, Grow(Col(3, w.title, w.text)), IconButton("x", lang.L("Close"), w.Cancel))
	foot := Pad(13, wizardPadding, 13, wizardPadding, Row(8, w.count, w.peek, Spacer(),
		Quiet("", lang.L("Cancel"), w.Cancel), w.back, w.jump, w.next))
	return Col(0, Pad(20, 14, 14, wizardPadding, head), Grow(Stack(w.page, w.over)), HLine(), foot)
}

// makeSummary makes the pane that stands beside the page or over it.
func (w *Wizard) makeSummary() {
	w.summary.Hide()
	w.over.Hide()
	if w.spec.Summary != nil {
		w.pane = Width(summaryWidth, Stack(newEdgePane(false), Pad(22, 20, 16, 20, container.NewVScroll(w.spec.Summary))))
		w.summary.Objects = []fyne.CanvasObject{VLine(), w.pane}
	}
}

// Open shows the wizard over the window at the step where it is.
func (w *Wizard) Open() {
	if w.IsOpen() {
		return
	}
	w.layer = newLayer(w.kit.Win.Canvas(), true, w)
	w.layer.arrange = w.arrange
	w.layer.onKey = w.typedKey
	w.layer.outside = func(*desktop.MouseEvent) {} // a question is not answered by a slip of the pointer
	w.unbind = w.kit.Shortcuts.Add(
		w.shortcut("wizard.back", lang.L("Previous step"), "Alt+Left", func() { w.Go(w.at - 1) }),
		w.shortcut("wizard.next", lang.L("Next step"), "Alt+Right", func() { w.forward(w.at + 1) }),
		w.shortcut("wizard.finish", lang.L("Finish"), "Ctrl+Enter", w.finish),
	)
	w.layer.open()
	w.show()
	w.focus()
}

func (w *Wizard) shortcut(id, name, keys string, do func()) Shortcut {
	return Shortcut{ID: id, Name: name, Group: w.spec.Title, Keys: MustKeys(keys), Over: true, Do: do, When: w.onTop}
}

// onTop says whether nothing lies over the wizard.
func (w *Wizard) onTop() bool {
	return w.IsOpen() && w.kit.Win.Canvas().Overlays().Top() == fyne.CanvasObject(w.layer)
}

// Close takes the wizard away; Open brings it back as it was.
func (w *Wizard) Close() {
	if w.IsOpen() {
		w.unbind()
		w.layer.close()
	}
}

// SetBusy shows that what OnFinish began is under way; it does not run again.
func (w *Wizard) SetBusy(busy bool) { w.busy = busy; w.next.SetBusy(busy) }

// IsOpen tells whether the wizard is open.
func (w *Wizard) IsOpen() bool { return w.layer != nil && w.layer.isOpen() }

// Cancel is what Esc does.
func (w *Wizard) Cancel() { w.spec.OnCancel() }

// Step is the index of the step that is shown.
func (w *Wizard) Step() int { return w.at }

// SetSkip says whether all that is needed is there, so that the steps between
// may be left out.
func (w *Wizard) SetSkip(complete bool) {
	if w.skip != complete {
		w.skip = complete
		w.show()
	}
}

// SetWrong marks a step that has an error.
func (w *Wizard) SetWrong(step int, wrong bool) {
	if w.wrong[step] != wrong {
		w.wrong[step] = wrong
		w.show()
	}
}

// SetWords changes what is said over the page of a step.
func (w *Wizard) SetWords(step int, title, text string) {
	w.spec.Steps[step].Title, w.spec.Steps[step].Text = title, text
	w.show()
}

// Go shows a step without asking anybody.
func (w *Wizard) Go(step int) {
	if step < 0 || step >= len(w.spec.Steps) || step == w.at {
		return
	}
	w.at = step
	w.reached = max(w.reached, step)
	w.setPeeking(false)
	w.show()
	w.bodies[step].ScrollToTop()
	if w.spec.Entered != nil {
		w.spec.Entered(step)
	}
	w.focus()
}

// pick goes to a step of the list.
func (w *Wizard) pick(step int) {
	if step < w.at {
		w.Go(step)
		return
	}
	w.forward(step)
}

// forward goes on if the step that is shown lets it.
func (w *Wizard) forward(step int) {
	if step >= len(w.spec.Steps) || w.spec.Leave != nil && !w.spec.Leave(w.at) {
		return
	}
	w.Go(step)
}

// goOn is what Enter and the primary button do.
func (w *Wizard) goOn() {
	if w.at == len(w.spec.Steps)-1 {
		w.finish()
		return
	}
	w.forward(w.at + 1)
}

// finish does the deed when all that is needed is there.
func (w *Wizard) finish() {
	if w.skip && !w.busy && (w.spec.Leave == nil || w.spec.Leave(w.at)) {
		w.spec.OnFinish()
	}
}

// focus puts the keyboard to the first control of the step.
func (w *Wizard) focus() {
	if !w.IsOpen() {
		return
	}
	if f := firstFocusable(w.bodies[w.at].Content); f != nil {
		w.kit.Win.Canvas().Focus(f)
		if e, ok := f.(*entryField); ok {
			e.owner.SelectAll() // typing replaces what is filled in
		}
		return
	}
	w.kit.Win.Canvas().Focus(w.next)
}

// show makes everything follow the step.
func (w *Wizard) show() {
	last := len(w.spec.Steps) - 1
	step := w.spec.Steps[w.at]
	w.title.SetText(step.Title)
	w.text.SetText(step.Text)
	w.count.SetText(lang.L("{{.Number}} of {{.Count}}", map[string]any{"Number": w.at + 1, "Count": last + 1}))
	for i, b := range w.steps {
		b.set(i == w.at, i != w.at && i < w.reached, w.wrong[i] && i != w.at, i <= w.reached || w.skip)
	}
	w.page.Objects = []fyne.CanvasObject{w.bodies[w.at]}
	if w.at == 0 {
		w.back.DisableBecause(lang.L("This is the first step."))
	} else {
		w.back.Enable()
	}
	w.jump.Hidden = !w.skip || w.at == last
	w.next.SetLabel(lang.L("Next"))
	if w.at == last {
		w.next.SetLabel(w.spec.Finish)
	}
	w.allowFinish(last)
	w.fit(w.kit.Win.Canvas().Size())
	w.card.Refresh()
	w.Refresh()
}

func (w *Wizard) allowFinish(last int) {
	if w.at == last && !w.skip {
		w.next.DisableBecause(lang.L("Something is still missing or wrong."))
	} else {
		w.next.Enable()
	}
}

// fit shows the summary where it belongs: beside the page where there is room
// for it, else over the page when the person asks for it.
func (w *Wizard) fit(room fyne.Size) {
	has := w.spec.Summary != nil && w.at > 0
	narrow := room.Width < summaryFrom
	if w.spec.Fit != nil {
		w.spec.Fit(narrow)
	}
	w.peeking = w.peeking && has && narrow
	w.peek.Hidden = !has || !narrow
	w.summary.Hidden, w.over.Hidden = !has || narrow, !w.peeking
	w.peek.SetLabel(lang.L("Summary"))
	if w.peeking {
		w.peek.SetLabel(lang.L("Hide summary"))
	}
	switch {
	case w.pane == nil:
	case w.peeking && len(w.over.Objects) == 0:
		w.summary.Objects, w.over.Objects = nil, []fyne.CanvasObject{Spacer(), VLine(), w.pane}
	case !w.peeking && len(w.summary.Objects) == 0:
		w.summary.Objects, w.over.Objects = []fyne.CanvasObject{VLine(), w.pane}, nil
	}
}

// setPeeking shows the summary over the page, or takes it away.
func (w *Wizard) setPeeking(on bool) {
	w.peeking = on
	w.fit(w.kit.Win.Canvas().Size())
	w.card.Refresh()
	w.Refresh()
}

// Refit lays the page out again after something in it has changed its height.
func (w *Wizard) Refit() {
	w.bodies[w.at].Content.Refresh()
	w.bodies[w.at].Refresh()
	w.summary.Refresh()
}

// Reveal scrolls the page until the object, which is on it, can be seen whole or
// is at the top.
func (w *Wizard) Reveal(o fyne.CanvasObject) {
	body := w.bodies[w.at]
	top, found := topWithin(body.Content, o)
	if !found {
		return
	}
	if end := top + o.Size().Height; end > body.Offset.Y+body.Size().Height {
		body.ScrollToOffset(fyne.NewPos(0, min(top, end-body.Size().Height)))
	}
}

// topWithin is how far the object lies below the top of what it is in. Unlike an
// absolute position it is known before the first paint.
func topWithin(all, o fyne.CanvasObject) (top float32, found bool) {
	if all == o {
		return 0, true
	}
	inside, _ := children(all)
	for _, child := range inside {
		if top, found := topWithin(child, o); found {
			return child.Position().Y + top, true
		}
	}
	return 0, false
}

func (w *Wizard) typedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyEscape && w.peeking:
		w.setPeeking(false)
	case e.Name == fyne.KeyEscape:
		w.Cancel()
	case isEnter(e):
		w.next.press()
	}
}

func (w *Wizard) arrange(room fyne.Size) {
	width := min(WizardDialog, room.Width-2*wizardMargin)
	height := min(wizardHeight, room.Height-2*wizardMargin)
	w.fit(room)
	putRect(w, (room.Width-width)/2, (room.Height-height)/2, width, height)
}

// A11y describes the wizard.
func (w *Wizard) A11y() Node {
	return Node{Role: "dialog", Name: w.spec.Title, Description: w.title.Words()}
}

// Children returns what the wizard shows.
func (w *Wizard) Children() []fyne.CanvasObject { return []fyne.CanvasObject{w.card} }

// CreateRenderer is part of fyne.Widget.
func (w *Wizard) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(w, func() fyne.Size { return minSize(w.card) }, func(s fyne.Size) { w.card.Resize(s) }, func() {}, w.card)
}
