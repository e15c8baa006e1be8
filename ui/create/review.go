package create

import (
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// The views of what will be made.
const (
	inWords = iota
	asCommand
	asXML
)

// reviewPage says in words, as a command and as XML what will be made.
type reviewPage struct {
	w                          *wizard
	view                       *kit.Segmented
	sentences                  []*kit.Paragraph // of the steps before
	rows                       *fyne.Container
	bootMenu, autostart, start *kit.Switch
	command                    *kit.Code
	xml                        *kit.CodeEntry
	xmlRow                     *kit.FormRow
	edited                     *fyne.Container // says that the document was edited
	noCommand                  *kit.Paragraph
	copied                     *kit.Button
	trouble                    *fyne.Container
	troubleTitle               *kit.Text
	troubleText                *kit.Paragraph
	failure                    error // of the last attempt
	failedOf                   draft // which was of this
	all                        *fyne.Container
}

func newReviewPage(w *wizard) *reviewPage {
	p := &reviewPage{w: w}
	p.view = kit.NewSegmented(lang.L("Show as"), func(int) {
		p.show()
		w.dialog.Refit()
	}, lang.L("In words"), lang.L("Command"), lang.L("XML"))
	p.copied = kit.Secondary("copy", lang.L("Copy"), p.copy).Small()
	p.rows = kit.Col(0)
	for step, name := range []string{lang.L("Source"), lang.L("Name and system"), lang.L("CPU and memory"), lang.L("Storage"), lang.L("Network and devices")} {
		if step > 0 {
			p.rows.Add(kit.HLine())
		}
		p.rows.Add(p.sentence(step, name))
	}
	p.rows.Add(kit.HLine())
	p.bootMenu = p.setting(lang.L("Boot menu"), lang.L("The firmware asks for three seconds what to boot"), &w.draft.bootMenu)
	p.autostart = p.setting(lang.L("Start with its host"), "", &w.draft.autostart)
	p.start = p.setting(lang.L("Start when created"), "", &w.draft.start)
	p.command = kit.NewCode(lang.L("Command"), "", 6)
	p.noCommand = kit.NewParagraph(kit.BodyText, lang.L("No command makes a machine of a document that was edited here. Save the document as a file and give it to kvm-cli vm create --xml, once its disks are there."), 500).In(theme.Muted)
	p.makeXML()
	p.troubleTitle, p.troubleText = kit.NewText(kit.StrongText, "").Shorten(), kit.NewParagraph(kit.SmallText, "", 480).In(theme.Text)
	p.trouble = kit.Stack(kit.NewBox(theme.Tint(theme.Err), theme.TintEdge(theme.Err), 10), kit.PadAll(12,
		kit.RowTop(10, kit.NewIcon("circle-alert", 18, theme.Err), kit.Grow(kit.Col(3, p.troubleTitle, p.troubleText)))))
	p.all = kit.Col(12, p.trouble, p.edited, kit.Row(8, p.view, kit.Spacer(), p.copied), p.rows, p.command, p.noCommand, p.xmlRow)
	return p
}

// makeXML makes the field of the document and the note that it was edited.
func (p *reviewPage) makeXML() {
	p.xml = kit.NewCodeEntry(lang.L("XML"), 18)
	p.xmlRow = kit.NewField(lang.L("The document that libvirt gets. It can be edited."), "", p.xml)
	p.w.fields[virt.FieldXML] = &field{row: p.xmlRow, step: reviewStep, touched: true}
	p.xml.OnChanged = func(text string) {
		p.w.draft.xml = text
		if text == p.w.found.xml {
			p.w.draft.xml = ""
		}
		p.w.changed()
	}
	words := kit.Col(3, kit.NewText(kit.StrongText, lang.L("The XML was edited")).Shorten(),
		kit.NewParagraph(kit.SmallText, lang.L("The machine is made of it as it is. What you change on the pages does not reach it."), 330).In(theme.Text))
	back := kit.Secondary("undo-2", lang.L("Back to what the pages say"), func() {
		p.w.draft.xml = ""
		p.w.changed()
	}).Small()
	p.edited = kit.Stack(kit.NewBox(theme.Tint(theme.Accent), theme.TintEdge(theme.Accent), 10),
		kit.PadAll(12, kit.Row(10, kit.NewIcon("pencil", 18, theme.Accent), kit.Grow(words), back)))
}

// sentence is a row about a step, with the way back to it.
func (p *reviewPage) sentence(step int, name string) fyne.CanvasObject {
	words := kit.NewParagraph(kit.BodyText, "", 420)
	p.sentences = append(p.sentences, words)
	edit := kit.Link("", lang.L("Edit"), func() { p.w.dialog.Go(step) }).WithHint(lang.L("Edit {{.Step}}", map[string]any{"Step": name}))
	return kit.Pad(9, 0, 9, 0, kit.Row(12, kit.Grow(kit.Col(2, kit.NewText(kit.SmallText, name), words)), edit))
}

func (p *reviewPage) setting(label, help string, into *bool) *kit.Switch {
	s := kit.NewSwitch(label, func(on bool) {
		*into = on
		p.w.changed()
	})
	p.rows.Add(kit.Pad(6, 0, 6, 0, kit.NewSettingRow(label, help, s)))
	return s
}

func (p *reviewPage) content() fyne.CanvasObject { return p.all }

func (p *reviewPage) show() {
	w, spec := p.w, p.w.sized()
	for i, sentence := range []string{w.sourceSentence(), w.nameSentence(), w.computeSentence(spec), w.storageSentence(spec), w.networkSentence()} {
		p.sentences[i].SetText(sentence)
	}
	p.bootMenu.SetOn(w.draft.bootMenu)
	p.autostart.SetOn(w.draft.autostart)
	p.start.SetOn(w.draft.start)
	asked, _ := w.draft.spec()
	p.command.SetText(vm.Command(w.facts.host.Argument(), asked))
	edited := w.draft.xml != ""
	p.edited.Hidden = !edited
	if !edited {
		p.xml.SetText(w.found.xml)
	}
	p.xml.SetWrong(w.problems()[virt.FieldXML] != nil)
	chosen := p.view.Chosen()
	p.rows.Hidden, p.xmlRow.Hidden = chosen != inWords, chosen != asXML
	p.command.Hidden, p.noCommand.Hidden = chosen != asCommand || edited, chosen != asCommand || !edited
	p.copied.Hidden = chosen == inWords || chosen == asCommand && edited
	p.showTrouble()
}

// failed remembers why the machine was not made.
func (p *reviewPage) failed(err error) { p.failure, p.failedOf = err, p.w.draft }

// showTrouble says why the machine was not made, or cannot be.
func (p *reviewPage) showTrouble() {
	var err error
	if p.w.draft == p.failedOf {
		err = p.failure
	}
	failed := err != nil
	for _, other := range []error{p.w.found.refused, p.w.found.broken} {
		if other != nil {
			err = other
		}
	}
	missing := p.missing()
	p.trouble.Hidden = err == nil && missing == ""
	switch {
	case missing != "" && !failed:
		p.troubleTitle.SetText(lang.L("Something is still missing or wrong"))
		p.troubleText.SetText(missing)
	case err != nil:
		words := kit.Explain(err)
		p.troubleTitle.SetText(words.Title)
		text := why(err)
		if words.Detail != "" && virt.KindOf(err) != virt.KindForbidden {
			text += "\n" + words.Detail
		}
		p.troubleText.SetText(text)
	}
}

// missing are the sentences about all fields that are wrong, those of the pages
// before included.
func (p *reviewPage) missing() string {
	problems := p.w.problems()
	var sentences []string
	for _, name := range slices.Sorted(maps.Keys(problems)) {
		sentences = append(sentences, p.w.problemWords(name, problems[name]))
	}
	return strings.Join(slices.Compact(sentences), "\n")
}

// copy puts the text that is shown into the clipboard.
func (p *reviewPage) copy() {
	text := p.command.Words()
	if p.view.Chosen() == asXML {
		text = p.xml.Text()
	}
	p.w.Kit.App.Clipboard().SetContent(text)
	p.w.Kit.Toast(kit.Toast{Title: lang.L("Copied")})
}
