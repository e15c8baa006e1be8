package create

import (
	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A caution is a line that says of a field what can be done and will hardly help.
type caution struct {
	field   virt.Field
	words   *kit.Paragraph
	content *fyne.Container
}

func newCaution(field virt.Field, width float32) *caution {
	a := &caution{field: field, words: kit.NewParagraph(kit.BodyText, "", width)}
	a.content = kit.RowTop(8, kit.NewIcon("triangle-alert", 16, theme.Warn), kit.Grow(a.words))
	a.content.Hide()
	return a
}

// show says what the host had to say last.
func (a *caution) show(f findings) {
	a.content.Hide()
	for _, said := range f.advice {
		if said.Field == a.field {
			a.words.SetText(why(said.Err))
			a.content.Show()
		}
	}
}
