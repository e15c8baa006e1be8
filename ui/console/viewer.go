package console

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// openViewer shows the machine's screen in another program of the person.
func (c *Consoles) openViewer(busy kit.Busy, machine virt.Ref) {
	busy.SetBusy(true)
	c.kit.RunTo(func(ctx context.Context) error { return c.svc.VMs.OpenViewer(ctx, machine) }, func(err error) {
		busy.SetBusy(false)
		if errors.Is(err, vm.ErrNoViewer) {
			c.offerViewerFile(machine)
			return
		}
		c.kit.Show(err)
	})
}

// offerViewerFile says which package has a viewer, and saves the file for one
// elsewhere.
func (c *Consoles) offerViewerFile(machine virt.Ref) {
	var dialog *kit.Dialog
	save := kit.Primary("download", lang.L("Save the file"), func() {
		dialog.Close()
		c.saveViewerFile(machine)
	})
	dialog = kit.NewDialog(kit.DialogSpec{
		Title:  lang.L("No other viewer is installed"),
		Text:   lang.L("The package “virt-viewer” has one. Or save the connection file for a viewer that is installed elsewhere."),
		Tile:   kit.NewIconTile("monitor", theme.Accent, 40),
		Action: save,
	})
	dialog.Open(c.kit.Win.Canvas())
}

// saveViewerFile writes the connection file into the person's downloads.
func (c *Consoles) saveViewerFile(machine virt.Ref) {
	var path string
	c.kit.RunThen(func(ctx context.Context) error {
		text, err := c.svc.VMs.ViewerFile(ctx, machine)
		if err != nil {
			return err
		}
		path, err = parts.Downloads.Save(machine.Name, ".vv", text)
		return err
	}, func() {
		c.kit.Toast(kit.Toast{
			Icon: "download", Token: theme.OK, Title: lang.L("Connection file saved"), Text: parts.ShortPath(path),
			Action: lang.L("Show"), Do: func() { c.kit.Show(c.kit.App.OpenURL(&url.URL{Scheme: "file", Path: filepath.Dir(path)})) },
		})
	})
}
