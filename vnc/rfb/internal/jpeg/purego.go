//go:build !cgo || purego

package jpeg

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
)

// A Decoder decodes one image after the other. The zero value is ready; it must
// be closed.
type Decoder struct{}

// Decode fills the place with the image, opaque. It returns ErrSize and changes
// nothing when the image has another size, and ErrCorrupt for anything that is
// not a whole image.
func (*Decoder) Decode(p Place, data []byte) error {
	if !p.holds() {
		return ErrSize
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if config.Width != p.Width || config.Height != p.Height {
		return ErrSize
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	to := &image.RGBA{Pix: p.Pix, Stride: p.Stride, Rect: image.Rect(0, 0, p.Width, p.Height)}
	draw.Draw(to, to.Rect, img, img.Bounds().Min, draw.Src)
	return nil
}

// Close frees the decoder, which can be used again nevertheless.
func (*Decoder) Close() {}
