//go:build cgo && !purego

package jpeg

/*
#cgo LDFLAGS: -lturbojpeg
#cgo noescape image_decode
#cgo nocallback image_decode

#include <turbojpeg.h>

enum { image_good, image_corrupt, image_of_another_size };

static int image_decode(tjhandle h, const unsigned char *data, unsigned long size,
                        unsigned char *pix, int stride, int width, int height) {
	int w = 0, high = 0, subsampling, colours;
	if (tjDecompressHeader3(h, data, size, &w, &high, &subsampling, &colours) != 0 || w < 1 || high < 1)
		return image_corrupt;
	if (w != width || high != height)
		return image_of_another_size;
	if (tjDecompress2(h, data, size, pix, width, stride, height, TJPF_RGBA, TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) != 0)
		return image_corrupt;
	return image_good;
}
*/
import "C"

import "unsafe"

// A Decoder decodes one image after the other. The zero value is ready; it must
// be closed.
type Decoder struct {
	handle C.tjhandle
}

// Decode fills the place with the image, opaque. It returns ErrSize and changes
// nothing when the image has another size, and ErrCorrupt for anything that is
// not a whole image.
func (d *Decoder) Decode(p Place, data []byte) error {
	if !p.holds() {
		return ErrSize
	}
	if d.handle == nil {
		d.handle = C.tjInitDecompress()
	}
	switch C.image_decode(d.handle, (*C.uchar)(unsafe.SliceData(data)), C.ulong(len(data)),
		(*C.uchar)(unsafe.SliceData(p.Pix)), C.int(p.Stride), C.int(p.Width), C.int(p.Height)) {
	case C.image_good:
		return nil
	case C.image_of_another_size:
		return ErrSize
	default:
		return ErrCorrupt
	}
}

// Close frees the decoder, which can be used again nevertheless.
func (d *Decoder) Close() {
	if d.handle != nil {
		C.tjDestroy(d.handle)
		d.handle = nil
	}
}
