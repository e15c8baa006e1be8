package machines

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"time"

	"golang.org/x/image/draw"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// How often screens are looked at: one a second on each host, and a machine's
// own every ten seconds at most.
const (
	betweenPictures = time.Second
	pictureAge      = 10 * time.Second
)

// mostPictures is how many pictures are kept, of the machines seen last.
const mostPictures = 100

// thumbnails are small pictures of the screens of machines that run and can be
// seen. They belong to the UI goroutine; pictures are taken and scaled off it.
type thumbnails struct {
	kit     *kit.Kit
	svc     *services.Services
	visible func() []parts.Machine
	size    func() image.Point // the most that a picture may measure, in pixels
	changed func(virt.Ref)

	taken  map[virt.Ref]thumbnail    // by Ref.Key
	asked  map[virt.HostID]time.Time // shared by all that ask the same hosts
	busy   map[virt.HostID]bool
	cancel func() // calls off the next look; nil while there is none
}

// A thumbnail is what a machine's screen showed; nil when it showed nothing.
type thumbnail struct {
	picture image.Image
	at      time.Time
}

// newThumbnails returns what takes pictures of the machines that visible names.
func newThumbnails(k *kit.Kit, svc *services.Services, visible func() []parts.Machine, size func() image.Point, changed func(virt.Ref)) *thumbnails {
	return &thumbnails{
		kit: k, svc: svc, visible: visible, size: size, changed: changed,
		taken: map[virt.Ref]thumbnail{}, asked: map[virt.HostID]time.Time{}, busy: map[virt.HostID]bool{},
	}
}

// newThumbnails is the package's, for a page of the window: all pages together
// ask a host once a second.
func (m *Machines) newThumbnails(visible func() []parts.Machine, size func() image.Point, changed func(virt.Ref)) *thumbnails {
	t := newThumbnails(m.kit, m.svc, visible, size, changed)
	t.asked = m.inventory.pictures
	return t
}

// run takes pictures from now on, or none any more.
func (t *thumbnails) run(on bool) {
	switch {
	case on && t.cancel == nil:
		t.look()
	case !on && t.cancel != nil:
		t.cancel()
		t.cancel = nil
	}
}

// of returns the newest picture of the machine, nil as long as there is none.
func (t *thumbnails) of(m parts.Machine) image.Image {
	if _, can := parts.Can(virt.ScreenshotVM, m); !can {
		return nil
	}
	return t.taken[m.Ref().Key()].picture
}

func (t *thumbnails) look() {
	if now := time.Now(); t.kit.Seen() {
		for _, m := range t.due(now) {
			t.take(m.Ref(), now)
		}
	}
	t.cancel = t.kit.After(betweenPictures, t.look)
}

// due returns the machines whose turn it is: on every host the one whose
// picture is the oldest, if it is old enough.
func (t *thumbnails) due(now time.Time) map[virt.HostID]parts.Machine {
	next := map[virt.HostID]parts.Machine{}
	for _, m := range t.visible() {
		_, can := parts.Can(virt.ScreenshotVM, m)
		at := t.taken[m.Ref().Key()].at
		if !can || t.busy[m.Host] || now.Sub(t.asked[m.Host]) < betweenPictures || now.Sub(at) < pictureAge {
			continue
		}
		if other, has := next[m.Host]; !has || at.Before(t.taken[other.Ref().Key()].at) {
			next[m.Host] = m
		}
	}
	return next
}

// take asks for the machine's picture. One that fails is asked for again when
// it is the machine's turn: a guest between two screen modes has none.
func (t *thumbnails) take(vm virt.Ref, now time.Time) {
	t.asked[vm.Host], t.busy[vm.Host] = now, true
	most := t.size()
	var picture image.Image
	t.kit.Keep(func(ctx context.Context) error {
		file, err := t.svc.VMs.Screenshot(ctx, vm)
		if err == nil {
			picture, err = scaled(file, most)
		}
		return err
	}, func(error) {
		t.busy[vm.Host] = false
		t.taken[vm.Key()] = thumbnail{picture, time.Now()}
		t.forgetOldest()
		t.changed(vm)
	})
}

func (t *thumbnails) forgetOldest() {
	for len(t.taken) > mostPictures {
		var oldest virt.Ref
		for vm, taken := range t.taken {
			if oldest.ID == "" || taken.at.Before(t.taken[oldest].at) {
				oldest = vm
			}
		}
		delete(t.taken, oldest)
	}
}

// scaled reads a PNG file and makes it as small as it must be to fit.
func scaled(file []byte, most image.Point) (image.Image, error) {
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	from := picture.Bounds()
	share := min(1, float64(most.X)/float64(from.Dx()), float64(most.Y)/float64(from.Dy()))
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(share*float64(from.Dx()))), max(1, int(share*float64(from.Dy())))))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), picture, from, draw.Src, nil)
	return small, nil
}
