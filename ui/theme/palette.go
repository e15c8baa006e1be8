package theme

import "image/color"

// rgb reads 0xRRGGBB.
func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

func alpha(c color.NRGBA, a uint8) color.NRGBA {
	c.A = a
	return c
}

// mix lays a over b, a counting for the share given.
func mix(a, b color.NRGBA, share float32) color.NRGBA {
	m := func(x, y uint8) uint8 { return uint8(float32(x)*share + float32(y)*(1-share) + .5) }
	return color.NRGBA{R: m(a.R, b.R), G: m(a.G, b.G), B: m(a.B, b.B), A: 255}
}

func darkPalette(hue Hue) *palette {
	p := &palette{tint: 36, edge: 70, shadow: .55, focus: 2, colors: map[Token]color.NRGBA{
		Rail: rgb(0x0b0e12), Side: rgb(0x12161c), Back: rgb(0x0e1116),
		Surface: rgb(0x171c23), Control: rgb(0x1f252e), Pressed: rgb(0x2a313c),
		Inset: rgb(0x11151b), Field: rgb(0x11151b), Button: rgb(0x1f252e), Overlay: rgb(0x1f252e),
		Line: rgb(0x262d38), ControlEdge: rgb(0x5f6b7b), ButtonEdge: rgb(0x353e4b), HoverEdge: rgb(0x465162), OverlayEdge: rgb(0x3a4350),
		Text: rgb(0xe8ecf2), Muted: rgb(0x9aa7b8),
		OK: rgb(0x3ecf8e), Warn: rgb(0xf5b04a), Err: rgb(0xff7a85), ErrFill: rgb(0xc93441),
		Violet: rgb(0xb48cff), Cyan: rgb(0x3fc6d8), Pink: rgb(0xf083b8),
		SegmentTrack: rgb(0x1f252e), SegmentOn: rgb(0x2a313c),
	}}
	p.dress(darkTones(), hue)
	p.derive(40)
	p.colors[Scrim] = color.NRGBA{R: 8, G: 11, B: 15, A: 150}
	return p
}

func lightPalette(hue Hue) *palette {
	p := &palette{tint: 26, edge: 70, shadow: .26, focus: 2, colors: map[Token]color.NRGBA{
		Rail: rgb(0xe6e9ee), Side: rgb(0xeef0f4), Back: rgb(0xf6f7f9),
		Surface: rgb(0xffffff), Control: rgb(0xf1f3f6), Pressed: rgb(0xe4e8ee),
		Inset: rgb(0xf6f7f9), Field: rgb(0xffffff), Button: rgb(0xffffff), Overlay: rgb(0xffffff),
		Line: rgb(0xdfe3ea), ControlEdge: rgb(0x768193), ButtonEdge: rgb(0xcfd5de), HoverEdge: rgb(0xb8c0cc), OverlayEdge: rgb(0xcfd5de),
		Text: rgb(0x18202b), Muted: rgb(0x525f71),
		OK: rgb(0x0a6b44), Warn: rgb(0x835000), Err: rgb(0xb51f30), ErrFill: rgb(0xc42b3a),
		Violet: rgb(0x7139cc), Cyan: rgb(0x096373), Pink: rgb(0xa3266d),
		SegmentTrack: rgb(0xe4e8ee), SegmentOn: rgb(0xffffff),
	}, graphic: map[Token]color.NRGBA{
		Accent: rgb(0x2563eb), OK: rgb(0x12875a), Warn: rgb(0xb56a00), Err: rgb(0xd13444),
		Violet: rgb(0x8249df), Cyan: rgb(0x0b7f93), Pink: rgb(0xc23586),
	}}
	p.dress(lightTones(), hue)
	p.derive(28)
	p.colors[Scrim] = color.NRGBA{R: 8, G: 11, B: 15, A: 90}
	return p
}

// highContrast turns a palette into its higher contrast form: full text, muted
// at 80 % of it, edges as strong as muted words, focus of three pixels.
func highContrast(p *palette, text color.NRGBA) *palette {
	p.colors[Text] = text
	p.colors[Muted] = mix(text, p.colors[Surface], .8)
	p.colors[ControlEdge] = p.colors[Muted]
	for _, t := range []Token{Line, ButtonEdge, HoverEdge, OverlayEdge} {
		p.colors[t] = p.colors[ControlEdge]
	}
	p.focus = 3
	scrim := p.colors[Scrim]
	p.derive(p.colors[Selection].A)
	p.colors[Scrim] = scrim
	return p
}

// derive fills in the colours that follow from others.
func (p *palette) derive(selection uint8) {
	white, black := rgb(0xffffff), rgb(0)
	c := p.colors
	c[None] = color.NRGBA{}
	c[OnFill] = white
	c[Terminal] = rgb(0x05070a)
	c[FillHover], c[FillPressed] = mix(c[Fill], white, .88), mix(c[Fill], black, .85)
	c[ErrHover], c[ErrPressed] = mix(c[ErrFill], white, .88), mix(c[ErrFill], black, .85)
	c[Selection] = alpha(c[Accent], selection)
	c[HoverRow] = alpha(c[Text], 10)
	c[QuietHover] = alpha(c[Text], 16)
	c[ControlDown] = mix(c[Pressed], c[Text], .92)
	c[Disabled] = mix(c[Text], c[Surface], .55)
	c[DisabledMuted] = mix(c[Muted], c[Surface], .55)
}
