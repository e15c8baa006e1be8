package parts

import (
	"context"
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/clipboard"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// ScreenshotMenu is what can be done with a picture of the machine's screen.
// busy shows meanwhile that it is taken; it may be nil.
func ScreenshotMenu(k *kit.Kit, svc *services.Services, vm virt.Ref, busy kit.Busy) []kit.MenuItem {
	s := &screenshot{kit: k, svc: svc, vm: vm, busy: busy}
	items := []kit.MenuItem{{Icon: "save", Label: lang.L("Save picture"), Do: s.save}}
	if clipboard.Available() {
		items = append(items, kit.MenuItem{Icon: "copy", Label: lang.L("Copy picture"), Do: s.copy})
	}
	return items
}

// A screenshot is a picture of a machine's screen that is about to be taken.
type screenshot struct {
	kit  *kit.Kit
	svc  *services.Services
	vm   virt.Ref
	busy kit.Busy
}

// take takes the picture, hands the PNG file to use, and calls done when all
// that went well.
func (s *screenshot) take(use func([]byte) error, done func()) {
	if s.busy != nil {
		s.busy.SetBusy(true)
	}
	s.kit.RunTo(func(ctx context.Context) error {
		picture, err := s.svc.VMs.Screenshot(ctx, s.vm)
		if err != nil {
			return err
		}
		return use(picture)
	}, func(err error) {
		if s.busy != nil {
			s.busy.SetBusy(false)
		}
		if err != nil {
			s.kit.Show(err)
			return
		}
		done()
	})
}

// save writes the picture to a file of the person.
func (s *screenshot) save() {
	var path string
	s.take(func(picture []byte) (err error) {
		path, err = Pictures.Save(s.vm.Name, ".png", picture)
		return err
	}, func() {
		s.kit.Toast(kit.Toast{
			Icon: "camera", Token: theme.OK, Title: lang.L("Screenshot saved"), Text: ShortPath(path),
			Action: lang.L("Show"), Do: func() { s.kit.Show(s.kit.App.OpenURL(&url.URL{Scheme: "file", Path: filepath.Dir(path)})) },
		})
	})
}

// copy makes the picture the content of the clipboard, for as long as the
// program runs and nothing else is copied.
func (s *screenshot) copy() {
	var file []byte
	s.take(func(picture []byte) error {
		file = picture
		return nil
	}, func() {
		s.kit.Outlive(func(ctx context.Context) error {
			return clipboard.OfferPNG(ctx, file, func() { s.kit.Do(s.copied) })
		}, s.kit.Show)
	})
}

func (s *screenshot) copied() {
	s.kit.Toast(kit.Toast{Icon: "copy", Token: theme.OK, Title: lang.L("Screenshot copied"), Text: lang.L("Paste it where pictures go")})
}
