package theme

import (
	"image/color"
	"math"
	"testing"
)

type look struct {
	name string
	*palette
	text float64 // least contrast of main text
}

func looks() []look {
	var all []look
	for _, hue := range Hues() {
		all = append(all,
			look{"dark, " + string(hue), darkPalette(hue), 4.5},
			look{"light, " + string(hue), lightPalette(hue), 4.5},
			look{"dark, higher contrast, " + string(hue), highContrast(darkPalette(hue), rgb(0xffffff)), 7},
			look{"light, higher contrast, " + string(hue), highContrast(lightPalette(hue), rgb(0)), 7})
	}
	return all
}

var (
	words    = []Token{Text, Muted, Accent, OK, Warn, Err, Violet, Cyan, Pink}
	grounds  = []Token{Rail, Side, Back, Inset, Field, Surface, Control, Pressed, Button, Overlay}
	graphics = []Token{Accent, OK, Warn, Err, Violet, Cyan, Pink}
)

func TestWordsAreReadableOnEveryGround(t *testing.T) {
	for _, l := range looks() {
		for _, w := range words {
			for _, g := range grounds {
				l.want(t, 4.5, l.colors[w], l.colors[g], w, "on", g)
			}
		}
		for _, g := range grounds {
			l.want(t, l.text, l.colors[Text], l.colors[g], Text, "on", g)
		}
	}
}

func TestWordsAreReadableOnTheirOwnTint(t *testing.T) {
	for _, l := range looks() {
		for _, w := range words {
			tint, _ := l.color(Tint(w))
			for _, g := range []Token{Side, Back, Surface} {
				l.want(t, 4.5, l.colors[w], over(tint, l.colors[g]), w, "on its tint over", g)
			}
		}
	}
}

func TestWordsAreReadableInSelectedAndHoveredRows(t *testing.T) {
	for _, l := range looks() {
		for _, w := range words {
			for _, g := range []Token{Side, Surface, Rail} {
				for _, under := range []Token{Selection, HoverRow} {
					l.want(t, 4.5, l.colors[w], over(l.colors[under], l.colors[g]), w, under, g)
				}
			}
		}
	}
}

func TestWordsOnFilledButtonsAreReadable(t *testing.T) {
	for _, l := range looks() {
		for _, g := range []Token{Fill, FillPressed, ErrFill, ErrPressed} {
			l.want(t, 4.5, l.colors[OnFill], l.colors[g], OnFill, "on", g)
		}
		for _, g := range []Token{FillHover, ErrHover} {
			l.want(t, 3.9, l.colors[OnFill], l.colors[g], OnFill, "on", g)
		}
	}
}

func TestEdgesOfControlsAndCurvesAreSeen(t *testing.T) {
	for _, l := range looks() {
		for _, g := range []Token{Back, Surface} {
			l.want(t, 3, l.colors[Fill], l.colors[g], Fill, "on", g)
		}
		for _, g := range []Token{Side, Back, Inset, Field, Surface} {
			l.want(t, 3, l.colors[ControlEdge], l.colors[g], ControlEdge, "on", g)
			l.want(t, 3, l.colors[Accent], l.colors[g], Accent, "ring on", g)
		}
		for _, c := range graphics {
			twin, _ := l.color(Graphic(c))
			for _, g := range []Token{Surface, Back, Control, Pressed} {
				l.want(t, 3, twin, l.colors[g], Graphic(c), "on", g)
			}
		}
	}
}

func (l look) want(t *testing.T, least float64, a, b color.NRGBA, what ...Token) {
	t.Helper()
	if got := contrast(a, b); got < least {
		t.Errorf("%s: %v has contrast %.2f, want at least %.1f", l.name, what, got, least)
	}
}

// over blends a translucent colour onto an opaque one.
func over(c, ground color.NRGBA) color.NRGBA {
	return mix(color.NRGBA{R: c.R, G: c.G, B: c.B, A: 255}, ground, float32(c.A)/255)
}

// contrast is the ratio of WCAG 2.1, section 1.4.3.
func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + .05) / (math.Min(la, lb) + .05)
}

func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= .03928 {
			return s / 12.92
		}
		return math.Pow((s+.055)/1.055, 2.4)
	}
	return .2126*linear(c.R) + .7152*linear(c.G) + .0722*linear(c.B)
}
