package rfbtest

import "testing"

// paintingSector is a guest that paints without end, in the graphics mode of
// 320x200 pixels and 256 colours: stripes of four colours, noise, and bands,
// all moving. It draws 18 pictures a second, as the clock ticks.
var paintingSector = []byte{
	0xb8, 0x13, 0x00, // mov $0x13, %ax
	0xcd, 0x10, // int $0x10
	0xb8, 0x00, 0xa0, // mov $0xa000, %ax: video memory
	0x8e, 0xc0, // mov %ax, %es
	0xfc,       // cld
	0x31, 0xed, // xor %bp, %bp
	0xfb, // sti
	// picture:
	0xf4,       // hlt
	0x45,       // inc %bp
	0x31, 0xff, // xor %di, %di
	// pixel:
	0x89, 0xf8, // mov %di, %ax
	0x81, 0xff, 0x00, 0x40, // cmp $0x4000, %di
	0x72, 0x0c, // jb stripes
	0x81, 0xff, 0x00, 0xa0, // cmp $0xa000, %di
	0x72, 0x0f, // jb noise
	0x88, 0xe0, // mov %ah, %al
	0x01, 0xe8, // add %bp, %ax
	0xeb, 0x11, // jmp put
	// stripes:
	0xc1, 0xe8, 0x05, // shr $5, %ax
	0x01, 0xe8, // add %bp, %ax
	0x24, 0x03, // and $3, %al
	0xeb, 0x08, // jmp put
	// noise:
	0x69, 0xc0, 0x55, 0x62, // imul $0x6255, %ax, %ax
	0x01, 0xe8, // add %bp, %ax
	0x30, 0xe0, // xor %ah, %al
	// put:
	0xaa,                   // stosb
	0x81, 0xff, 0x00, 0xfa, // cmp $64000, %di
	0x72, 0xd4, // jb pixel
	0xeb, 0xce, // jmp picture
}

// StartPainter boots a guest that paints without end; otherwise it is like
// Start. Its keyboard is dead.
func StartPainter(t testing.TB, vnc string, args ...string) *Guest {
	t.Helper()
	g := boot(t, paintingSector, vnc, args...)
	Eventually(t, "the guest paints", func() bool {
		screen := g.Screendump(t)
		return screen.Rect.Dx() == 640 && screen.RGBAAt(100, 300) != screen.RGBAAt(100, 380)
	})
	return g
}
