package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// fieldTheme is the application's theme of now without scroll bars, which
// Fyne's entry would draw under a long line.
type fieldTheme struct{}

func appTheme() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

func (fieldTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if n == theme.ColorNameScrollBar {
		return color.Transparent
	}
	return appTheme().Color(n, v)
}

func (fieldTheme) Font(s fyne.TextStyle) fyne.Resource { return appTheme().Font(s) }

func (fieldTheme) Icon(n fyne.ThemeIconName) fyne.Resource { return appTheme().Icon(n) }

func (fieldTheme) Size(n fyne.ThemeSizeName) float32 { return appTheme().Size(n) }
