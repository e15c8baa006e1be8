package rfb

import "unsafe"

// opaqueBlack is a pixel in memory order; colours are opaqueBlack | B<<16 | G<<8 | R.
const opaqueBlack = 0xff000000

// A surface is a rectangle of a frame's memory. Decoders draw on it while the
// frame is locked.
type surface struct {
	pix           []byte // from the first pixel on
	stride        int
	width, height int
}

// surface returns the memory of a rectangle that lies on the frame.
func (c *Client) surface(r rectangle) surface {
	if r.width == 0 || r.height == 0 {
		return surface{}
	}
	img := &c.frame.img
	return surface{img.Pix[r.y*img.Stride+4*r.x:], img.Stride, r.width, r.height}
}

// row returns the bytes of one row.
func (s surface) row(y int) []byte {
	at := y * s.stride
	return s.pix[at : at+4*s.width]
}

// fill gives every pixel one colour.
func (s surface) fill(colour uint32) {
	switch {
	case s.width == 0 || s.height == 0:
	case s.width <= narrow:
		s.fillNarrow(colour)
	default:
		first := s.row(0)
		fill(first, colour)
		for y := 1; y < s.height; y++ {
			copy(s.row(y), first)
		}
	}
}

// narrow is the width up to which storing is cheaper than calling.
const narrow = 16

// fillNarrow is fill without a look at the bounds of each row.
func (s surface) fillNarrow(colour uint32) {
	from := unsafe.Pointer(unsafe.SliceData(s.pix[:(s.height-1)*s.stride+4*s.width]))
	two := pair(colour, colour)
	for y := range s.height {
		at, n := y*s.stride, s.width
		for ; n >= 4; n, at = n-4, at+16 {
			to := (*[16]byte)(unsafe.Add(from, at))
			le.PutUint64(to[0:8], two)
			le.PutUint64(to[8:16], two)
		}
		if n >= 2 {
			le.PutUint64((*[8]byte)(unsafe.Add(from, at))[:], two)
			n, at = n-2, at+8
		}
		if n == 1 {
			le.PutUint32((*[4]byte)(unsafe.Add(from, at))[:], colour)
		}
	}
}

// part returns a rectangle of the surface, or false when it does not lie on it.
func (s surface) part(x, y, width, height int) (surface, bool) {
	if x+width > s.width || y+height > s.height {
		return surface{}, false
	}
	if width == 0 || height == 0 {
		return surface{}, true
	}
	return surface{s.pix[y*s.stride+4*x:], s.stride, width, height}, true
}

// putRGBX draws rows of R,G,B,X pixels.
func (s surface) putRGBX(data []byte) { s.putRows(0, data[:4*s.width*s.height]) }

// putRows copies whole rows, from the byte at on.
func (s surface) putRows(at int, data []byte) {
	row := 4 * s.width
	if row == 0 || len(data) < row {
		return
	}
	if row > 512 || row%64 != 0 {
		for ; len(data) >= row; at += s.stride {
			copy(s.pix[at:at+row], data)
			data = data[row:]
		}
		return
	}
	rows := len(data) / row // QEMU's rectangles are as narrow as this, and many
	to := unsafe.Pointer(unsafe.SliceData(s.pix[at : at+(rows-1)*s.stride+row]))
	from := unsafe.Pointer(unsafe.SliceData(data))
	for y := range rows {
		for x := 0; x < row; x += 64 {
			*(*[64]byte)(unsafe.Add(to, y*s.stride+x)) = *(*[64]byte)(unsafe.Add(from, y*row+x))
		}
	}
}

// putRGB draws rows of R,G,B pixels.
func (s surface) putRGB(data []byte) {
	width := 3 * s.width
	for y := range s.height {
		copyRGB(s.row(y), data[y*width:(y+1)*width])
	}
}

// fill gives all pixels of dst one colour.
func fill(dst []byte, colour uint32) {
	for len(dst) >= 16 {
		two := uint64(colour)<<32 | uint64(colour)
		le.PutUint64(dst, two)
		le.PutUint64(dst[8:], two)
		dst = dst[16:]
	}
	for len(dst) >= 4 {
		le.PutUint32(dst, colour)
		dst = dst[4:]
	}
}

// copyRGB copies as many R,G,B pixels as dst has room for.
func copyRGB(dst, src []byte) {
	for len(dst) >= 16 && len(src) >= 13 { // the compiler checks no bounds within arrays
		from, to := (*[13]byte)(src), (*[16]byte)(dst)
		le.PutUint32(to[0:4], le.Uint32(from[0:4])|opaqueBlack)
		le.PutUint32(to[4:8], le.Uint32(from[3:7])|opaqueBlack)
		le.PutUint32(to[8:12], le.Uint32(from[6:10])|opaqueBlack)
		le.PutUint32(to[12:16], le.Uint32(from[9:13])|opaqueBlack)
		dst, src = dst[16:], src[12:]
	}
	for len(dst) >= 4 && len(src) >= 4 {
		le.PutUint32(dst, le.Uint32(src)|opaqueBlack)
		dst, src = dst[4:], src[3:]
	}
	if len(dst) >= 4 && len(src) >= 3 {
		le.PutUint32(dst, rgb(src))
	}
}

// rgb reads a pixel of three bytes: a CPIXEL or TPIXEL of our pixel format.
func rgb(b []byte) uint32 {
	_ = b[2]
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | opaqueBlack
}

// rgbx reads a pixel of four bytes.
func rgbx(b []byte) uint32 {
	return le.Uint32(b) | opaqueBlack
}
