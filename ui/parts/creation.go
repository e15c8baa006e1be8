package parts

import (
	"context"
	"log/slog"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Asking is the dialog in which a person asks for a machine.
type Asking interface {
	kit.Busy      // while the host is asked what the machine needs
	IsOpen() bool // false: the person left it
}

// A Creation makes a machine, once the person agrees to what is made or started
// on its host beside it.
type Creation struct {
	Kit      *kit.Kit
	Services *services.Services
	Host     virt.HostID
	Spec     virt.VMSpec
	Dialog   Asking         // in which the person asked for it
	Refused  func(error)    // it did not say; nothing was made
	Begun    func()         // the person agreed, or was not asked
	Failed   func(error)    // the machine was not made
	Made     func(virt.Ref) // it was, and has been told of
}

// Begin asks the host first.
func (c Creation) Begin() {
	var needed []virt.Preparation
	c.Dialog.SetBusy(true)
	c.Kit.RunTo(func(ctx context.Context) (err error) {
		needed, err = c.Services.VMs.Preparations(ctx, c.Host, c.Spec)
		return err
	}, func(err error) {
		c.Dialog.SetBusy(false)
		switch {
		case !c.Dialog.IsOpen():
		case err != nil:
			c.Refused(err)
		case len(needed) > 0:
			c.agree(needed)
		default:
			c.make(nil)
		}
	})
}

// agree asks whether what the machine needs of its host shall be made or started.
func (c Creation) agree(needed []virt.Preparation) {
	rows := kit.Col(12)
	for _, n := range needed {
		icon, sentence := preparationWords(n)
		rows.Add(kit.RowTop(10, kit.NewIcon(icon, 18, theme.Muted), kit.Grow(kit.NewParagraph(kit.BodyText, sentence, 390))))
	}
	c.Kit.Confirm(kit.Question{
		Title:    lang.L("Prepare the host first?"),
		Text:     lang.L("“{{.Name}}” needs this of {{.Host}}. It stays there for the next machines, and is taken back if this one cannot be made.", map[string]any{"Name": c.Spec.Name, "Host": c.Host}),
		Body:     fyne.CanvasObject(rows),
		Action:   lang.L("Prepare and create"),
		Harmless: true,
	}, func() { c.make(needed) })
}

// preparationWords say what is done, with an icon of what it is done to.
func preparationWords(n virt.Preparation) (icon, sentence string) {
	words := map[string]any{"Name": n.Name, "Path": n.Path, "Subnet": n.Subnet}
	switch n.Kind {
	case virt.PoolToMake:
		return "hard-drive", lang.L("The pool “{{.Name}}” is made at {{.Path}} and starts with the host from now on.", words)
	case virt.PoolToStart:
		return "hard-drive", lang.L("The pool “{{.Name}}” at {{.Path}} is stopped, and is started.", words)
	case virt.NetworkToMake:
		return "network", lang.L("The network “{{.Name}}” is made, with the addresses {{.Subnet}} behind the host’s own (NAT), and starts with the host from now on.", words)
	}
	return "network", lang.L("The network “{{.Name}}” is stopped, and is started.", words)
}

// make makes the machine in the background; the activity strip shows how far it
// is.
func (c Creation) make(needed []virt.Preparation) {
	c.Begun()
	var made virt.Ref
	var missed []virt.Preparation
	c.Kit.RunTo(func(ctx context.Context) (err error) {
		made, err = c.Services.VMs.Create(ctx, c.Host, c.Spec)
		if err != nil {
			return err
		}
		if missed, err = c.Services.VMs.Missed(ctx, c.Host, c.Spec, needed); err != nil {
			slog.Debug("what the host has", "host", c.Host, "err", err)
		}
		return nil
	}, func(err error) {
		if err != nil {
			c.Failed(err)
			return
		}
		c.Kit.Toast(c.told(made, missed))
		c.Made(made)
	})
}

// told says that the machine was made, and of a network that does not start that
// it was done without.
func (c Creation) told(made virt.Ref, missed []virt.Preparation) kit.Toast {
	toast := kit.Toast{Title: lang.L("“{{.Name}}” was created", map[string]any{"Name": made.Name})}
	switch {
	case len(missed) > 0:
		toast.Icon, toast.Token = "triangle-alert", theme.Warn
		toast.Text = lang.L("The network “{{.Name}}” does not start; the machine has one of its own.", map[string]any{"Name": missed[0].Name})
	case c.Spec.Start:
		toast.Text = lang.L("It is booting now")
	}
	return toast
}
