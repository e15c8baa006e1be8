package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// Token names a colour by what it is for. Widgets keep tokens, never colours,
// and ask Color when they paint, so that a change of theme reaches them.
type Token = fyne.ThemeColorName

// The three frames and the surfaces on them.
const (
	Rail     Token = "kvm.rail"     // the bar of places
	Side     Token = "kvm.side"     // the navigator
	Back     Token = "kvm.bg"       // behind the content
	Surface  Token = "kvm.surf"     // cards and dialogs
	Control  Token = "kvm.surf2"    // controls and tags
	Pressed  Token = "kvm.surf3"    // hovered or pressed controls, tracks of bars
	Inset    Token = "kvm.inset"    // wells inside a card
	Field    Token = "kvm.field"    // inside of text fields
	Button   Token = "kvm.button"   // inside of secondary buttons
	Overlay  Token = "kvm.overlay"  // menus, toasts, tooltips
	Scrim    Token = "kvm.scrim"    // over the page, under a dialog
	Terminal Token = "kvm.terminal" // behind consoles, black in every theme
)

// Lines and edges.
const (
	Line        Token = "kvm.line"        // separators, card edges
	ControlEdge Token = "kvm.ctl"         // edges that must be seen: fields, boxes, switches
	ButtonEdge  Token = "kvm.buttonEdge"  // secondary buttons
	HoverEdge   Token = "kvm.hoverEdge"   // secondary buttons under the pointer
	OverlayEdge Token = "kvm.overlayEdge" // menus, toasts, tooltips, dialogs
)

// Text and meaning.
const (
	Text   Token = "kvm.text"
	Muted  Token = "kvm.muted"
	Accent Token = "kvm.accent"
	OK     Token = "kvm.ok"
	Warn   Token = "kvm.warn"
	Err    Token = "kvm.err"
	Violet Token = "kvm.violet"
	Cyan   Token = "kvm.cyan"
	Pink   Token = "kvm.pink"
)

// Filled controls and what stands on them.
const (
	Fill        Token = "kvm.fill" // primary buttons, checked boxes
	FillHover   Token = "kvm.fillHover"
	FillPressed Token = "kvm.fillPressed"
	ErrFill     Token = "kvm.errFill" // danger buttons
	ErrHover    Token = "kvm.errHover"
	ErrPressed  Token = "kvm.errPressed"
	OnFill      Token = "kvm.onFill" // text on Fill and ErrFill
)

// Derived surfaces and dimmed words.
const (
	None          Token = "kvm.none"          // nothing is painted
	Selection     Token = "kvm.selection"     // accent tint under selected rows
	HoverRow      Token = "kvm.hoverRow"      // text tint under the row below the pointer
	QuietHover    Token = "kvm.quietHover"    // text tint under quiet buttons
	SegmentTrack  Token = "kvm.segmentTrack"  // behind segmented controls
	SegmentOn     Token = "kvm.segmentOn"     // the chosen segment
	ControlDown   Token = "kvm.controlDown"   // a secondary button while it is held
	Disabled      Token = "kvm.disabled"      // words of disabled controls
	DisabledMuted Token = "kvm.disabledMuted" // quiet words of disabled controls
)

// Graphic returns the twin of a colour for bars, curves and legends. They need
// a contrast of 3:1 only and may be livelier than words.
func Graphic(t Token) Token { return "graphic." + t }

// Tint returns the token's colour at the alpha of chips and banners.
func Tint(t Token) Token { return "tint." + t }

// TintEdge returns the token's colour at the alpha of a banner's edge.
func TintEdge(t Token) Token { return "tintEdge." + t }

// Series lists the colours of curves in the order in which pages use them.
func Series() []Token { return []Token{Accent, Violet, OK, Warn, Cyan, Pink} }

// palette gives every token of one variant its colour.
type palette struct {
	colors  map[Token]color.NRGBA
	graphic map[Token]color.NRGBA // twins that differ from the token's own colour
	tint    uint8
	edge    uint8
	shadow  float32
	focus   float32
}

func (p *palette) color(t Token) (color.NRGBA, bool) {
	if base, ok := cut(t, "graphic."); ok {
		if c, ok := p.graphic[base]; ok {
			return c, true
		}
		return p.color(base)
	}
	if base, ok := cut(t, "tint."); ok {
		return p.withAlpha(base, p.tint)
	}
	if base, ok := cut(t, "tintEdge."); ok {
		return p.withAlpha(base, p.edge)
	}
	c, ok := p.colors[t]
	return c, ok
}

func (p *palette) withAlpha(t Token, a uint8) (color.NRGBA, bool) {
	c, ok := p.colors[t]
	c.A = a
	return c, ok
}

func cut(t Token, prefix string) (Token, bool) {
	if len(t) <= len(prefix) || string(t[:len(prefix)]) != prefix {
		return t, false
	}
	return t[len(prefix):], true
}
