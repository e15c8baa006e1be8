package rfb_test

import (
	"image"
	"math"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// only asks for one encoding.
func only(e rfb.Encoding) rfb.Options { return rfb.Options{Encodings: []rfb.Encoding{e}} }

// seen waits until n rectangles of this encoding have been decoded.
func seen(t *testing.T, client *rfb.Client, e rfb.Encoding, n uint64) {
	t.Helper()
	rfbtest.Eventually(t, "rectangles of the encoding", func() bool { return client.Stats().Encodings[e] >= n })
}

// likeness is the peak signal-to-noise ratio of two pictures of one size in
// decibels.
func likeness(a, b *image.RGBA) float64 {
	if a.Rect != b.Rect {
		return 0
	}
	var sum float64
	for i := range a.Pix {
		d := float64(a.Pix[i]) - float64(b.Pix[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(a.Pix))*3/4/sum)
}

func TestEveryEncodingOfQEMUShowsWhatItsGuestPaints(t *testing.T) {
	guest := rfbtest.StartPainter(t, "")
	for name, e := range map[string]rfb.Encoding{
		"Raw": rfb.EncodingRaw, "Hextile": rfb.EncodingHextile, "zlib": rfb.EncodingZlib,
		"ZRLE": rfb.EncodingZRLE, "Tight": rfb.EncodingTight,
	} {
		t.Run(name, func(t *testing.T) {
			client := watch(t, guest, only(e))
			seen(t, client, e, 30)
			wantScreen(t, guest, client)
		})
	}
}

func TestQEMUsJPEGsLookLikeTheScreen(t *testing.T) {
	guest := rfbtest.StartPainter(t, ",lossy=on")
	opts := only(rfb.EncodingTight)
	opts.Quality = 2
	client := watch(t, guest, opts)
	seen(t, client, rfb.EncodingTight, 30)
	guest.Do(t, "stop", nil)
	truth := guest.Screendump(t)
	rfbtest.Eventually(t, "a picture that looks like QEMU's", func() bool {
		db := likeness(client.Frame().Picture(), truth)
		return db > 16 && !math.IsInf(db, 1) // noise suffers most; all alike would be no JPEG
	})
}
