package parts

import (
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// paragraph is how wide the words of a dialog of kit.NarrowDialog are.
const paragraph = kit.NarrowDialog - 48

// NewQuestion makes the dialog that puts q; answered is called once, with
// virt.KindCancelled when the person gives no answer.
func NewQuestion(k *kit.Kit, q virt.Question, answered func(virt.Answer, error)) *kit.Dialog {
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
	case virt.AskScreenPassword:
		return lang.L("The screen asks for a password"), lang.L("“{{.Subject}}” shows its screen only to those who know it.", words), lang.L("Password")
	case virt.AskScreenLogin:
		return lang.L("Who looks at the screen?"), lang.L("“{{.Subject}}” shows its screen only to those who log in.", words), lang.L("Password")
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
	case virt.AskPassword, virt.AskPassphrase, virt.AskKeyring, virt.AskScreenPassword, virt.AskScreenLogin:
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
		body.Add(kit.NewCode(lang.L("The host’s words"), q.Prompt, 2))
	}
	user := kit.NewEntry(lang.L("User"), "")
	userField := kit.NewField(lang.L("User"), "", user)
	if q.Kind == virt.AskScreenLogin {
		body.Add(userField)
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
		case q.Kind == virt.AskScreenLogin && user.Text() == "":
			userField.SetProblem(lang.L("This cannot be empty."))
			user.Focus()
		case entry.Text() == "" && (q.New || q.Kind == virt.AskUser):
			field.SetProblem(lang.L("This cannot be empty."))
			entry.Focus()
		case q.New && entry.Text() != repeat.Text():
			again.SetProblem(lang.L("The two are not the same."))
			repeat.Focus()
		default:
			d.Close()
			answered(virt.Answer{User: user.Text(), Text: entry.Text(), Remember: keep != nil && keep.Checked()}, nil)
			return
		}
		d.Fit()
	})
	d = kit.NewDialog(kit.DialogSpec{
		Title: title, Text: text, Tile: kit.NewIconTile("key-round", theme.Accent, 40), Body: body, Action: answer,
		OnCancel: func() { answered(virt.Answer{}, unanswered(q)) },
	})
	d.FocusFirst(entry.Focusable())
	if q.Kind == virt.AskScreenLogin {
		d.FocusFirst(user.Focusable())
	}
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
		return kit.NewCheckbox(lang.L("Keep it in the system’s keyring"), nil)
	}
}
