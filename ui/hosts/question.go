package hosts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// paragraph is how wide the words of a dialog of kit.NarrowDialog are.
const paragraph = kit.NarrowDialog - 48

// newQuestion makes the dialog that puts q; answered is called once, with
// virt.KindCancelled when the person gives no answer.
func newQuestion(k *kit.Kit, q virt.Question, answered func(virt.Answer, error)) *kit.Dialog {
	if q.YesNo() {
		return newIdentity(k, q, answered)
	}
	return newSecret(q, answered)
}

func unanswered(q virt.Question) error {
	return virt.Errorf(virt.KindCancelled, "the question about %s was not answered", q.Subject).
		WithHint("Connect again to be asked once more.")
}

// secretWords are title and text of a question that is answered with text, and
// what the field is called.
func secretWords(q virt.Question) (title, text, field string) {
	words := map[string]any{"Subject": q.Subject, "Host": q.Host}
	switch q.Kind {
	case virt.AskPassword:
		return lang.L("Password of {{.Subject}}", words), lang.L("The host “{{.Host}}” asks for it.", words), lang.L("Password")
	case virt.AskPassphrase:
		return lang.L("Passphrase of the key"), lang.L("The key file {{.Subject}} is locked.", words), lang.L("Passphrase")
	case virt.AskUser:
		return lang.L("Who logs in?"), lang.L("{{.Subject}} asks for the name to log in with.", words), lang.L("User")
	case virt.AskKeyring:
		if q.New {
			return lang.L("Choose a passphrase"), lang.L("No keyring runs here. Passwords are sealed in the file {{.Subject}}; this passphrase opens it.", words), lang.L("Passphrase")
		}
		return lang.L("Open the sealed passwords"), lang.L("No keyring runs here. Passwords are in the file {{.Subject}}.", words), lang.L("Passphrase")
	default:
		return lang.L("“{{.Host}}” asks", words), lang.L("These are the words of {{.Subject}}:", words), lang.L("Answer")
	}
}

// hides says whether what is typed must not be seen.
func hides(q virt.Question) bool {
	switch q.Kind {
	case virt.AskPassword, virt.AskPassphrase, virt.AskKeyring:
		return true
	default:
		return q.Hidden
	}
}

// newSecret asks for a text.
func newSecret(q virt.Question, answered func(virt.Answer, error)) *kit.Dialog {
	title, text, name := secretWords(q)
	newEntry := func(name string) *kit.Entry {
		if hides(q) {
			return kit.NewPassword(name, "")
		}
		return kit.NewEntry(name, "")
	}
	entry := newEntry(name)
	field := kit.NewField(name, "", entry)
	body := kit.Col(14)
	if q.Prompt != "" {
		body.Add(kit.NewCode(lang.L("The host's words"), q.Prompt, 2))
	}
	body.Add(field)
	repeat := newEntry(lang.L("Again"))
	again := kit.NewField(lang.L("Again"), "", repeat)
	if q.New {
		body.Add(again)
	}
	keep := keepBox(q)
	if keep != nil {
		body.Add(keep)
	}
	if q.Refused {
		field.SetProblem(lang.L("That was not right."))
		entry.SetWrong(true)
	}
	var d *kit.Dialog
	answer := kit.Primary("", lang.L("Continue"), func() {
		switch {
		case entry.Text() == "" && (q.New || q.Kind == virt.AskUser):
			field.SetProblem(lang.L("This cannot be empty."))
			entry.Focus()
		case q.New && entry.Text() != repeat.Text():
			again.SetProblem(lang.L("The two are not the same."))
			repeat.Focus()
		default:
			d.Close()
			answered(virt.Answer{Text: entry.Text(), Remember: keep != nil && keep.Checked()}, nil)
			return
		}
		d.Fit()
	})
	d = kit.NewDialog(kit.DialogSpec{
		Title: title, Text: text, Tile: kit.NewIconTile("key-round", theme.Accent, 40), Body: body, Action: answer,
		OnCancel: func() { answered(virt.Answer{}, unanswered(q)) },
	})
	d.FocusFirst(entry.Focusable())
	return d
}

// keepBox asks whether the answer is kept, and says where; nil where it cannot be.
func keepBox(q virt.Question) *kit.Checkbox {
	switch q.KeepIn {
	case "":
		return nil
	case "file":
		return kit.NewCheckbox(lang.L("Keep it in a sealed file: no keyring runs here"), nil)
	default:
		return kit.NewCheckbox(lang.L("Keep it in the system's keyring"), nil)
	}
}

// newIdentity asks whether the host is the one it should be.
func newIdentity(k *kit.Kit, q virt.Question, answered func(virt.Answer, error)) *kit.Dialog {
	words := map[string]any{"Subject": q.Subject, "Type": q.KeyType}
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
		title = lang.L("Nobody vouches for {{.Subject}}", words)
		if q.Reason != "" {
			body.Add(kit.NewParagraph(kit.BodyText, q.Reason, paragraph))
		}
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
	if q.Kind == virt.AskChangedKey {
		action = kit.Danger("", deed, yes)
	}
	d = kit.NewDialog(kit.DialogSpec{
		Title: title, Text: text, Tile: kit.NewIconTile(icon, token, 40), Body: body, Action: action, Alert: true,
		Width: 560, OnCancel: func() { answered(virt.Answer{}, unanswered(q)) },
	})
	return d
}

// mono is a labelled line of letters that are compared one by one.
func mono(k *kit.Kit, label, text string) fyne.CanvasObject {
	copied := kit.IconButton("copy", lang.L("Copy: {{.What}}", map[string]any{"What": label}), func() { k.App.Clipboard().SetContent(text) })
	return kit.NewField(label, "", kit.Row(6, kit.Grow(kit.NewCode(label, text, 1)), copied))
}
