// Package theme gives the window its colours, fonts and sizes. The colours are
// tokens named by use; which colour a token has depends on the mode (dark,
// light, as the desktop says) and on the wish for higher contrast.
package theme

import (
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Mode says who chooses between dark and light.
type Mode int

// The modes.
const (
	System Mode = iota // as the desktop says, also when it changes its mind
	Dark
	Light
)

// Theme is the program's theme. It is immutable: to change the look, give the
// application's settings another one.
type Theme struct {
	mode        Mode
	dark, light *palette
	fonts       fonts
}

var _ fyne.Theme = (*Theme)(nil)

// New returns the theme in that mode, with the usual accent.
func New(mode Mode) *Theme { return Look{Mode: mode}.Theme() }

// A Look says how the theme is to be.
type Look struct {
	Mode         Mode
	Hue          Hue  // of the accent; an unknown one is the usual one
	HighContrast bool // stronger text and edges
}

// Theme returns the theme that looks so.
func (l Look) Theme() *Theme {
	t := &Theme{mode: l.Mode, dark: darkPalette(l.Hue), light: lightPalette(l.Hue), fonts: loadFonts()}
	if l.HighContrast {
		t.dark = highContrast(t.dark, rgb(0xffffff))
		t.light = highContrast(t.light, rgb(0))
	}
	return t
}

// Mode returns who chooses between dark and light.
func (t *Theme) Mode() Mode { return t.mode }

// Color resolves our tokens and Fyne's own names.
func (t *Theme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	p := t.palette(v)
	if token, ok := standard(n); ok {
		n = token
	}
	if c, ok := p.color(n); ok {
		return c
	}
	return theme.DefaultTheme().Color(n, t.variant(v))
}

// Font maps Fyne's styles to our fonts: bold is SemiBold.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace:
		return t.fonts.mono
	case s.Symbol, s.Italic:
		return theme.DefaultTheme().Font(s)
	case s.Bold:
		return t.fonts.semiBold
	}
	return t.fonts.regular
}

// Icon returns Fyne's icon; our own icons come from the kit.
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size gives Fyne's own widgets the measures of the design.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText:
		return 13
	case theme.SizeNameCaptionText:
		return 12
	case theme.SizeNameHeadingText:
		return 20
	case theme.SizeNameSubHeadingText:
		return 15
	case theme.SizeNameInputBorder:
		return 0 // the kit draws the edges of fields
	case theme.SizeNameInputRadius:
		return 8
	case theme.SizeNameSelectionRadius:
		return 4
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall:
		return 4
	case theme.SizeNameInnerPadding:
		return 8
	}
	return theme.DefaultTheme().Size(n)
}

func (t *Theme) variant(v fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.mode {
	case Dark:
		return theme.VariantDark
	case Light:
		return theme.VariantLight
	}
	return v
}

func (t *Theme) palette(v fyne.ThemeVariant) *palette {
	if t.variant(v) == theme.VariantLight {
		return t.light
	}
	return t.dark
}

// standard maps the colour names of Fyne's own widgets to tokens.
func standard(n fyne.ThemeColorName) (Token, bool) {
	switch n {
	case theme.ColorNameBackground:
		return Back, true
	case theme.ColorNameForeground:
		return Text, true
	case theme.ColorNamePrimary, theme.ColorNameHyperlink, theme.ColorNameFocus:
		return Accent, true
	case theme.ColorNameForegroundOnPrimary, theme.ColorNameForegroundOnError:
		return OnFill, true
	case theme.ColorNamePlaceHolder:
		return Muted, true
	case theme.ColorNameDisabled:
		return Disabled, true
	case theme.ColorNameButton, theme.ColorNameDisabledButton:
		return Control, true
	case theme.ColorNameHover:
		return HoverRow, true
	case theme.ColorNamePressed, theme.ColorNameHeaderBackground:
		return Pressed, true
	case theme.ColorNameInputBackground, theme.ColorNameInputBorder, theme.ColorNameShadow:
		return None, true // the kit paints fields itself; Scroll paints an edge with Shadow
	case theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground:
		return Overlay, true
	case theme.ColorNameSelection:
		return Selection, true
	case theme.ColorNameSeparator:
		return Line, true
	case theme.ColorNameScrollBar:
		return ControlEdge, true
	case theme.ColorNameScrollBarBackground:
		return None, true
	case theme.ColorNameError:
		return Err, true
	case theme.ColorNameSuccess:
		return OK, true
	case theme.ColorNameWarning:
		return Warn, true
	}
	return "", false
}

// Color returns the token's colour now: in the theme and variant that the
// application shows.
func Color(token Token) color.NRGBA {
	p := current()
	c, ok := p.color(token)
	if !ok {
		panic("theme: unknown token " + string(token))
	}
	return c
}

// A Version tells whether colours are still what they were: it differs after
// every change of what Color returns.
type Version struct{ *palette }

// Shown returns the version of the colours shown now.
func Shown() Version { return Version{current()} }

// ColorIn returns the token's colour as it would be now in the dark or light
// mode, for pictures of them.
func ColorIn(mode Mode, token Token) color.NRGBA {
	p := fallback()
	if t, ok := fyne.CurrentApp().Settings().Theme().(*Theme); ok {
		p = t.dark
		if mode == Light {
			p = t.light
		}
	}
	c, _ := p.color(token)
	return c
}

// IsDark tells whether the dark colours are shown now.
func IsDark() bool { return current().shadow > .3 }

// ShadowAlpha returns how dark the shadow under overlays is, 0 to 1.
func ShadowAlpha() float32 { return current().shadow }

// FocusWidth returns the width of the ring around the focused control.
func FocusWidth() float32 { return current().focus }

// Regular returns the font of most words.
func Regular() fyne.Resource { return loadFonts().regular }

// Mono returns the font whose letters are all equally wide.
func Mono() fyne.Resource { return loadFonts().mono }

// Medium returns the font between regular and bold, for names and labels.
func Medium() fyne.Resource { return loadFonts().medium }

// SemiBold returns the font of titles and headings.
func SemiBold() fyne.Resource { return loadFonts().semiBold }

// fallback serves programs that have not set our theme, such as tests of others.
var fallback = sync.OnceValue(func() *palette { return darkPalette(HueBlue) })

func current() *palette {
	s := fyne.CurrentApp().Settings()
	if t, ok := s.Theme().(*Theme); ok {
		return t.palette(s.ThemeVariant())
	}
	return fallback()
}
