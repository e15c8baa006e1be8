package rfb

import (
	"image"
	"image/draw"
	"sync"
	"sync/atomic"
)

// Bounds of a screen. A server that claims more is not believed.
const (
	maxSide   = 16384
	maxPixels = maxSide * maxSide / 8
)

// opaque is the alpha of two neighbouring pixels.
const opaque = 0xff000000_ff000000

// A Frame is the picture of a server's screen, in the memory order of
// [image.RGBA], always opaque. The decoder writes it, anybody may read it at
// any time. The zero value is an empty screen.
type Frame struct {
	mu      sync.Mutex
	wanted  atomic.Int32 // who waits for mu, besides the decoder
	img     image.RGBA   // Stride is always 4 * width; the alpha is nobody's: copies are made opaque
	dirty   image.Rectangle
	size    atomic.Uint64 // width << 32 | height
	updates atomic.Uint64
}

// lock waits for the decoder, which lets go as soon as somebody wants the frame.
func (f *Frame) lock() {
	f.wanted.Add(1)
	f.mu.Lock()
	f.wanted.Add(-1)
}

// Size returns width and height in pixels; zero before the first connection.
func (f *Frame) Size() image.Point {
	size := f.size.Load()
	return image.Pt(int(size>>32), int(size&0xffffffff))
}

// Updates returns how many framebuffer updates have been decoded completely.
func (f *Frame) Updates() uint64 { return f.updates.Load() }

// Picture returns a copy of the whole picture.
func (f *Frame) Picture() *image.RGBA {
	f.lock()
	defer f.mu.Unlock()
	pic := image.NewRGBA(f.img.Rect)
	copyOpaque(pic.Pix, f.img.Pix)
	return pic
}

// Sync brings front, the picture of the one painter of this frame, up to date:
// it copies the rectangle that changed since the last call and returns front,
// or a new picture when front is nil or of another size, and the rectangle.
func (f *Frame) Sync(front *image.RGBA) (*image.RGBA, image.Rectangle) {
	f.lock()
	defer f.mu.Unlock()
	changed := f.dirty
	f.dirty = image.Rectangle{}
	if front == nil || front.Rect != f.img.Rect {
		front = image.NewRGBA(f.img.Rect)
		changed = f.img.Rect
	}
	width := 4 * changed.Dx()
	for y := changed.Min.Y; y < changed.Max.Y; y++ {
		at := f.img.PixOffset(changed.Min.X, y)
		copyOpaque(front.Pix[at:at+width], f.img.Pix[at:at+width])
	}
	return front, changed
}

// Hash returns a number that depends on every pixel: h = h*31 + p over the rows
// from the top, where p is red | green<<8 | blue<<16, modulo 1<<64.
func (f *Frame) Hash() uint64 {
	f.lock()
	defer f.mu.Unlock()
	var h uint64
	for pix := f.img.Pix; len(pix) >= 4; pix = pix[4:] {
		h = h*31 + uint64(le.Uint32(pix)&0xffffff)
	}
	return h
}

// resize gives the frame another size. What both sizes share is kept, so that
// nothing flickers until the server has sent the new picture.
func (f *Frame) resize(width, height int) {
	f.lock()
	defer f.mu.Unlock()
	size := image.Rect(0, 0, width, height)
	if f.img.Rect == size {
		return
	}
	next := image.NewRGBA(size)
	adviseHuge(next.Pix)
	draw.Draw(next, f.img.Rect, &f.img, image.Point{}, draw.Src)
	f.img = *next
	f.dirty = size
	f.size.Store(uint64(width)<<32 | uint64(height)) // not negative
}

// copyRect moves pixels within the frame; source and target may overlap. The
// caller holds f.mu.
func (f *Frame) copyRect(to image.Rectangle, from image.Point) {
	draw.Draw(&f.img, to, &f.img, from, draw.Src)
}

// copyOpaque copies pixels and sets their alpha; both slices have one length.
func copyOpaque(dst, src []byte) {
	for len(src) >= 32 && len(dst) >= 32 { // the compiler checks no bounds within arrays
		from, to := (*[32]byte)(src), (*[32]byte)(dst)
		le.PutUint64(to[0:8], le.Uint64(from[0:8])|opaque)
		le.PutUint64(to[8:16], le.Uint64(from[8:16])|opaque)
		le.PutUint64(to[16:24], le.Uint64(from[16:24])|opaque)
		le.PutUint64(to[24:32], le.Uint64(from[24:32])|opaque)
		dst, src = dst[32:], src[32:]
	}
	for len(src) >= 4 && len(dst) >= 4 {
		le.PutUint32(dst, le.Uint32(src)|opaqueBlack)
		dst, src = dst[4:], src[4:]
	}
}
