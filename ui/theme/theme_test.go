package theme

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

func TestAForcedModeIgnoresTheDesktop(t *testing.T) {
	dark, light := New(Dark), New(Light)
	for _, v := range []fyne.ThemeVariant{theme.VariantDark, theme.VariantLight} {
		if got, want := dark.Color(Back, v), rgb(0x0e1116); got != want {
			t.Errorf("dark mode on variant %d: %v, want %v", v, got, want)
		}
		if got, want := light.Color(Back, v), rgb(0xf6f7f9); got != want {
			t.Errorf("light mode on variant %d: %v, want %v", v, got, want)
		}
	}
}

func TestSystemModeFollowsTheDesktop(t *testing.T) {
	th := New(System)
	if th.Color(Text, theme.VariantDark) == th.Color(Text, theme.VariantLight) {
		t.Error("text has one colour for both variants")
	}
}

func TestColorFollowsTheApplicationsTheme(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(New(Light))
	light := Color(Tint(Err))
	app.Settings().SetTheme(New(Dark))
	if dark := Color(Tint(Err)); dark == light {
		t.Errorf("still %v after the change", dark)
	}
	if !IsDark() {
		t.Error("the dark theme does not say so")
	}
}

func TestEveryTokenHasAColourInEveryLook(t *testing.T) {
	reference := darkPalette(HueBlue)
	for _, l := range looks() {
		for token := range reference.colors {
			if _, ok := l.colors[token]; !ok {
				t.Errorf("%s: no colour for %s", l.name, token)
			}
		}
		if len(l.colors) != len(reference.colors) {
			t.Errorf("%s has %d tokens, dark has %d", l.name, len(l.colors), len(reference.colors))
		}
	}
}

func TestScrollsPaintNoShadow(t *testing.T) {
	_, _, _, a := New(Dark).Color(theme.ColorNameShadow, theme.VariantDark).RGBA()
	if a != 0 {
		t.Errorf("shadow has alpha %d", a)
	}
}

func TestBoldIsSemiBoldAndMonospaceIsJetBrains(t *testing.T) {
	th := New(Dark)
	if n := th.Font(fyne.TextStyle{Bold: true}).Name(); n != "Inter-SemiBold.otf" {
		t.Errorf("bold is %s", n)
	}
	if n := th.Font(fyne.TextStyle{Monospace: true, Bold: true}).Name(); n != "JetBrainsMono-Regular.ttf" {
		t.Errorf("monospace is %s", n)
	}
}

func TestAHueColoursControlsAndLeavesCurvesAlone(t *testing.T) {
	usual, green := New(Dark), Look{Mode: Dark, Hue: HueGreen}.Theme()
	for _, token := range []Token{Accent, Fill, FillHover, Selection} {
		if usual.Color(token, theme.VariantDark) == green.Color(token, theme.VariantDark) {
			t.Errorf("%s is the same in blue and green", token)
		}
	}
	for _, token := range []Token{Graphic(Accent), Graphic(OK), Text, Swatch(HuePink)} {
		if usual.Color(token, theme.VariantDark) != green.Color(token, theme.VariantDark) {
			t.Errorf("%s differs in blue and green", token)
		}
	}
	if none := (Look{Mode: Dark, Hue: "none"}).Theme(); none.Color(Fill, theme.VariantDark) != usual.Color(Fill, theme.VariantDark) {
		t.Error("an unknown hue is not the usual one")
	}
}

func TestAPictureOfAModeHasItsColoursInTheOther(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(Look{Mode: Light, Hue: HuePink}.Theme())
	if got, want := ColorIn(Dark, Fill), darkTones()[HuePink].fill; got != want {
		t.Errorf("the dark button is %v, want %v", got, want)
	}
	if got, want := ColorIn(Light, Back), rgb(0xf6f7f9); got != want {
		t.Errorf("the light ground is %v, want %v", got, want)
	}
}
