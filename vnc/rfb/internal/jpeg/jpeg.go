// Package jpeg decodes JPEG images into the memory of a picture that exists
// already, in R,G,B,A order. By default it is a thin layer over libjpeg-turbo,
// with the build tag purego (or without cgo) over the standard library.
package jpeg

import "errors"

var (
	// ErrCorrupt says that the bytes are not a whole JPEG image.
	ErrCorrupt = errors.New("jpeg: corrupt image")
	// ErrSize says that the image has another size than its place.
	ErrSize = errors.New("jpeg: the image has another size")
)

// A Place is where an image goes: Height rows of Width pixels of four bytes,
// Stride bytes apart.
type Place struct {
	Pix           []byte
	Stride        int
	Width, Height int
}

// holds says whether the last row ends within Pix.
func (p Place) holds() bool {
	return p.Width > 0 && p.Height > 0 && p.Stride >= 4*p.Width && (p.Height-1)*p.Stride+4*p.Width <= len(p.Pix)
}
