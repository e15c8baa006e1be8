package theme

import "image/color"

// Hue names the accent: the colour of links, selections and primary buttons.
type Hue string

// The hues. Blue is the usual one.
const (
	HueBlue   Hue = "blue"
	HueTeal   Hue = "teal"
	HueGreen  Hue = "green"
	HueViolet Hue = "violet"
	HuePink   Hue = "pink"
	HueAmber  Hue = "amber"
	HueGrey   Hue = "grey"
)

// Hues lists them in the order in which they are offered.
func Hues() []Hue {
	return []Hue{HueBlue, HueTeal, HueGreen, HueViolet, HuePink, HueAmber, HueGrey}
}

// A tone is a hue in one variant: of words, and of what has white words on it.
type tone struct{ words, fill color.NRGBA }

func darkTones() map[Hue]tone {
	return map[Hue]tone{
		HueBlue:   {rgb(0x6ba6ff), rgb(0x2a68d8)},
		HueTeal:   {rgb(0x3fc6d8), rgb(0x0d7286)},
		HueGreen:  {rgb(0x3ecf8e), rgb(0x0f7a4e)},
		HueViolet: {rgb(0xb48cff), rgb(0x7a45dc)},
		HuePink:   {rgb(0xf083b8), rgb(0xbb2f7c)},
		HueAmber:  {rgb(0xf5b04a), rgb(0x935e0a)},
		HueGrey:   {rgb(0xb3bdca), rgb(0x5d6b7e)},
	}
}

func lightTones() map[Hue]tone {
	return map[Hue]tone{
		HueBlue:   {rgb(0x1856c6), rgb(0x2160dd)},
		HueTeal:   {rgb(0x096373), rgb(0x0b6e81)},
		HueGreen:  {rgb(0x0a6b44), rgb(0x0a7549)},
		HueViolet: {rgb(0x7139cc), rgb(0x7540d6)},
		HuePink:   {rgb(0xa3266d), rgb(0xb02a76)},
		HueAmber:  {rgb(0x835000), rgb(0x8a5500)},
		HueGrey:   {rgb(0x475364), rgb(0x4d5a6c)},
	}
}

// dress gives the palette the hue; an unknown one is the usual one. Curves and
// bars keep their blue: in every window a processor looks the same, and no
// curve like its neighbour.
func (p *palette) dress(tones map[Hue]tone, hue Hue) {
	chosen, known := tones[hue]
	if !known {
		chosen = tones[HueBlue]
	}
	if p.graphic == nil {
		p.graphic = map[Token]color.NRGBA{}
	}
	if _, has := p.graphic[Accent]; !has {
		p.graphic[Accent] = tones[HueBlue].words
	}
	p.colors[Accent], p.colors[Fill] = chosen.words, chosen.fill
	for _, h := range Hues() {
		p.colors[Swatch(h)] = tones[h].fill
	}
}

// Swatch returns the token that shows a hue, whichever is chosen now.
func Swatch(h Hue) Token { return "kvm.hue." + Token(h) }
