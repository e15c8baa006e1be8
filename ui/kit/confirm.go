package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Question is what the person is asked before something happens.
type Question struct {
	Icon   string            // empty means a triangle for a danger, else a question mark
	Title  string            // the question, with the name of the thing
	Text   string            // what will happen
	Body   fyne.CanvasObject // choices; may be nil
	Left   fyne.CanvasObject // at the left of the footer; may be nil
	Action string            // the verb of the button that does it
	Width  float32           // zero means NarrowDialog
	// Harmless makes the action an ordinary primary button that has the focus.
	// Otherwise Cancel has it, and Enter never does the deed.
	Harmless bool
	// Remember, when set, offers "Do not ask again" and is called when the
	// person says yes with the box ticked.
	Remember func()
}

// Confirm asks the question and calls do when the answer is yes.
func (k *Kit) Confirm(q Question, do func()) *Dialog { return Confirm(k.Win.Canvas(), q, do) }

// Confirm asks the question over a canvas and calls do when the answer is yes.
func Confirm(on fyne.Canvas, q Question, do func()) *Dialog {
	var d *Dialog
	var again *Checkbox
	body := q.Body
	if q.Remember != nil {
		again = NewCheckbox(lang.L("Do not ask again"), nil)
		body = again
		if q.Body != nil {
			body = Col(14, q.Body, again)
		}
	}
	d = NewDialog(DialogSpec{
		Width: q.Width, Title: q.Title, Text: q.Text, Tile: q.tile(), Body: body, Left: q.Left, Alert: !q.Harmless,
		Action: q.button(func() {
			d.Close()
			if again != nil && again.Checked() {
				q.Remember()
			}
			do()
		}),
	})
	d.FocusFirst(d.cancel)
	if q.Harmless {
		d.FocusFirst(d.spec.Action)
	}
	d.Open(on)
	return d
}

func (q Question) button(do func()) *Button {
	if q.Harmless {
		return Primary("", q.Action, do)
	}
	return Danger("", q.Action, do)
}

func (q Question) tile() fyne.CanvasObject {
	icon, token := q.Icon, theme.Err
	if q.Harmless {
		token = theme.Accent
	}
	if icon == "" {
		icon = "triangle-alert"
		if q.Harmless {
			icon = "circle-help"
		}
	}
	return NewIconTile(icon, token, 40)
}

// NewIconTile is an icon on a square of its own tint.
func NewIconTile(icon string, token theme.Token, side float32) fyne.CanvasObject {
	size := float32(20)
	if side >= 64 {
		size = 28
	}
	return Sized(side, side, Stack(NewBox(theme.Tint(token), theme.None, side/4), Center(NewIcon(icon, size, token))))
}
