package create

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// agree asks whether what the machine needs of its host shall be made or
// started, and makes the machine then.
func (w *wizard) agree(host virt.HostID, spec virt.VMSpec, needed []virt.Preparation) {
	rows := kit.Col(12)
	for _, n := range needed {
		icon, sentence := preparationWords(n)
		rows.Add(kit.RowTop(10, kit.NewIcon(icon, 18, theme.Muted), kit.Grow(kit.NewParagraph(kit.BodyText, sentence, 390))))
	}
	w.Kit.Confirm(kit.Question{
		Title:    lang.L("Prepare the host first?"),
		Text:     lang.L("“{{.Name}}” needs this of {{.Host}}. It stays there for the next machines, and is taken back if this one cannot be made.", map[string]any{"Name": spec.Name, "Host": host}),
		Body:     fyne.CanvasObject(rows),
		Action:   lang.L("Prepare and create"),
		Harmless: true,
	}, func() { w.make(host, spec) })
}

// preparationWords say what is done, with an icon of what it is done to.
func preparationWords(n virt.Preparation) (icon, sentence string) {
	words := map[string]any{"Name": n.Name, "Path": n.Path}
	switch n.Kind {
	case virt.PoolToMake:
		return "hard-drive", lang.L("The pool “{{.Name}}” is made at {{.Path}} and starts with the host from now on.", words)
	case virt.PoolToStart:
		return "hard-drive", lang.L("The pool “{{.Name}}” at {{.Path}} is stopped, and is started.", words)
	}
	return "network", lang.L("The network “{{.Name}}” is stopped, and is started.", words)
}
