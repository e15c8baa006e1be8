package kit

import (
	"image"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestATrailIsDrawnWhereThereIsLoad(t *testing.T) {
	var none, some virt.Trail
	for i := range none {
		none[i], some[i] = virt.NoLoad, uint8(i)
	}
	for _, c := range []struct {
		trail virt.Trail
		drawn bool
	}{{none, false}, {some, true}} {
		v := &cellView{cell: TrailCell(c.trail, "29 %")}
		picture, ok := v.drawTrail(90, 22).(*image.RGBA)
		if !ok {
			t.Fatal("a trail is not drawn as RGBA")
		}
		inked := false
		for _, b := range picture.Pix {
			inked = inked || b != 0
		}
		if inked != c.drawn {
			t.Errorf("trail %v: drawn %v, want %v", c.trail, inked, c.drawn)
		}
	}
}
