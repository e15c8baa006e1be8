package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// BannerKind is how serious a banner is.
type BannerKind int

// The kinds.
const (
	InfoBanner BannerKind = iota
	OKBanner
	WarnBanner
	ErrBanner
)

func (k BannerKind) look() (icon string, token theme.Token) {
	switch k {
	case OKBanner:
		return "circle-check", theme.OK
	case WarnBanner:
		return "triangle-alert", theme.Warn
	case ErrBanner:
		return "circle-alert", theme.Err
	}
	return "info", theme.Accent
}

// Banner tells something about the whole page, with the buttons that mend it.
type Banner struct {
	widget.BaseWidget
	kind        BannerKind
	title, text *Text
	icon        *Icon
	back        *Box
	row         *fyne.Container
	all         *fyne.Container
}

// NewBanner returns a banner. text may be empty.
func NewBanner(kind BannerKind, title, text string, actions ...fyne.CanvasObject) *Banner {
	b := &Banner{kind: kind, title: NewText(StrongText, title).Shorten(), text: NewText(SmallText, text).Shorten(),
		back: NewBox(theme.None, theme.None, 10)}
	b.text.Hidden = text == ""
	icon, token := kind.look()
	b.icon = NewIcon(icon, 18, token)
	b.back.SetColors(theme.Tint(token), theme.TintEdge(token))
	b.row = Row(12, append([]fyne.CanvasObject{b.icon, Grow(Col(2, b.title, b.text))}, actions...)...)
	b.all = Stack(b.back, Pad(10, 12, 10, 14, b.row))
	b.ExtendBaseWidget(b)
	return b
}

// Dismissable adds a button that hides the banner. Only information may be
// dismissed: what is wrong stays on the page until it is mended.
func (b *Banner) Dismissable() *Banner {
	b.row.Add(IconButton("x", lang.L("Dismiss"), b.Hide))
	return b
}

// SetWords changes title and text.
func (b *Banner) SetWords(title, text string) {
	b.title.SetText(title)
	b.text.SetText(text)
	b.text.Hidden = text == ""
	b.all.Refresh()
}

// A11y describes the banner.
func (b *Banner) A11y() Node {
	role := "status bar"
	if b.kind == WarnBanner || b.kind == ErrBanner {
		role = "alert"
	}
	return Node{Role: role, Name: b.title.Words(), Description: b.text.Words()}
}

// Children returns what the banner shows.
func (b *Banner) Children() []fyne.CanvasObject { return []fyne.CanvasObject{b.all} }

// CreateRenderer is part of fyne.Widget.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(b, func() fyne.Size { return minSize(b.all) }, func(s fyne.Size) { b.all.Resize(s) }, func() {}, b.all)
}
