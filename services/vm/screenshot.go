package vm

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Screenshot returns the VM's first screen as a PNG file.
func (s *Service) Screenshot(ctx context.Context, vm virt.Ref) ([]byte, error) {
	return host.Read(ctx, s.hosts, virt.ScreenshotVM, vm.Host, func(c *hypervisor.Conn) ([]byte, error) {
		var raw bytes.Buffer
		mime, err := c.Screenshot(vm.ID, 0, &raw)
		if err != nil { // whether the VM's state is why takes more calls than the picture
			return nil, cmp.Or(s.refuse(c, virt.ScreenshotVM, vm), err)
		}
		return asPNG(mime, raw.Bytes())
	})
}

func asPNG(mime string, raw []byte) ([]byte, error) {
	if mime == "image/png" {
		return raw, nil
	}
	picture, err := readPPM(bytes.NewReader(raw))
	if err != nil {
		return nil, virt.Errorf(virt.KindInternal, "read the screenshot (%s): %w", mime, err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// mostPixels bounds a screenshot: 16 times 4096 x 2160.
const mostPixels = 16 * 4096 * 2160

// readPPM reads a portable pixmap, binary form with one byte a colour (P6 of
// netpbm's ppm(5)), which is what QEMU's screendump writes.
func readPPM(r io.Reader) (*image.RGBA, error) {
	in := bufio.NewReader(r)
	var magic string
	var width, height, most int
	if _, err := fmt.Fscanf(in, "%2s", &magic); err != nil || magic != "P6" {
		return nil, fmt.Errorf("not a binary pixmap")
	}
	for _, field := range []*int{&width, &height, &most} {
		if err := readNumber(in, field); err != nil {
			return nil, err
		}
	}
	if width <= 0 || height <= 0 || width > mostPixels/height || most != 255 {
		return nil, fmt.Errorf("a pixmap of %d x %d with %d levels", width, height, most)
	}
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	line := make([]byte, 3*width)
	for y := range height {
		if _, err := io.ReadFull(in, line); err != nil {
			return nil, fmt.Errorf("line %d of %d: %w", y, height, err)
		}
		row := picture.Pix[y*picture.Stride:]
		for x := range width {
			copy(row[4*x:], line[3*x:3*x+3])
			row[4*x+3] = 255
		}
	}
	return picture, nil
}

// readNumber reads white space, comments and a decimal number, and the one
// white-space byte behind it.
func readNumber(in *bufio.Reader, into *int) error {
	b, err := in.ReadByte()
	for ; err == nil && (b == ' ' || b == '\n' || b == '\r' || b == '\t' || b == '#'); b, err = in.ReadByte() {
		if b == '#' {
			if _, err := in.ReadString('\n'); err != nil {
				return err
			}
		}
	}
	for ; err == nil && b >= '0' && b <= '9'; b, err = in.ReadByte() {
		if *into = *into*10 + int(b-'0'); *into > mostPixels {
			return fmt.Errorf("a number beyond all screens")
		}
	}
	return err
}
