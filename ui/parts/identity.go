package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// newIdentity asks whether the host is the one it should be.
func newIdentity(k *kit.Kit, q virt.Question, answered func(virt.Answer, error)) *kit.Dialog {
	words := map[string]any{"Subject": q.Subject, "Type": q.KeyType, "Host": q.Host}
	title, text := lang.L("Is this {{.Subject}}?", words),
		lang.L("This computer has not met it before. Compare the fingerprint with what its administrator tells you.")
	icon, token, deed := "shield", theme.Accent, lang.L("Trust and connect")
	remember := kit.NewCheckbox(lang.L("Remember it for the next time"), nil)
	remember.SetChecked(true)
	body := kit.Col(14)
	switch q.Kind {
	case virt.AskChangedKey:
		icon, token, deed = "triangle-alert", theme.Err, lang.L("Trust the new key")
		title = lang.L("{{.Subject}} has another key than before", words)
		text = lang.L("Either it was set up anew, or somebody else answers in its place. Go on only if you know why.")
		remember.SetChecked(false)
		body.Add(mono(k, lang.L("Key until now"), q.Known))
		if q.File != "" {
			body.Add(mono(k, lang.L("Noted in"), q.File))
		}
	case virt.AskUnknownCert:
		title = lang.L("Nobody vouches for “{{.Host}}”", words)
		body.Add(why(q))
	case virt.AskChangedCert:
		icon, token, deed = "triangle-alert", theme.Err, lang.L("Trust the new certificate")
		title = lang.L("“{{.Host}}” shows another certificate than before", words)
		text = lang.L("Either it was set up anew, or somebody else answers in its place. Go on only if you know why.")
		remember.SetChecked(false)
		body.Add(why(q))
		body.Add(mono(k, lang.L("Certificate until now"), q.Known))
	}
	shown := lang.L("Fingerprint")
	if q.KeyType != "" {
		shown = lang.L("Fingerprint of its {{.Type}} key", words)
	}
	body.Add(mono(k, shown, q.Fingerprint))
	body.Add(remember)
	var d *kit.Dialog
	yes := func() {
		d.Close()
		answered(virt.Answer{Yes: true, Remember: remember.Checked()}, nil)
	}
	action := kit.Primary("", deed, yes)
	if q.Kind == virt.AskChangedKey || q.Kind == virt.AskChangedCert {
		action = kit.Danger("", deed, yes)
	}
	d = kit.NewDialog(kit.DialogSpec{
		Title: title, Text: text, Tile: kit.NewIconTile(icon, token, 40), Body: body, Action: action, Alert: true,
		Width: 560, OnCancel: func() { answered(virt.Answer{}, unanswered(q)) },
	})
	return d
}

// why says what is wrong with a certificate, and whose it says it is.
func why(q virt.Question) fyne.CanvasObject {
	return kit.Col(6, kit.NewParagraph(kit.BodyText, kit.Sentence(q.Reason), paragraph), kit.NewParagraph(kit.SmallText, q.Subject, paragraph))
}

// mono is a labelled line of letters that are compared one by one.
func mono(k *kit.Kit, label, text string) fyne.CanvasObject {
	return kit.NewField(label, "", WithCopy(k, lang.L("Copy: {{.What}}", map[string]any{"What": label}), kit.NewCode(label, text, 1)))
}

// WithCopy is a text with a button of that name beside it that copies it.
func WithCopy(k *kit.Kit, name string, code *kit.Code) *fyne.Container {
	return kit.Row(6, kit.Grow(code), kit.IconButton("copy", name, func() { k.App.Clipboard().SetContent(code.Words()) }))
}
