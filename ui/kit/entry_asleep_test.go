package kit

import (
	"testing"

	"fyne.io/fyne/v2"
)

func TestAFieldLooksTheSameBeforeItsFirstUse(t *testing.T) {
	for _, placeholder := range []string{"Filter machines", ""} {
		asleep, awake := NewSearch(placeholder, nil), NewSearch(placeholder, nil)
		before := newScene(t, Row(0, Width(230, asleep)))
		after := newScene(t, Row(0, Width(230, awake)))
		picture(t, after)
		awake.field.wake()
		awake.Refresh()
		if at, differs := firstDifference(picture(t, before), picture(t, after)); differs {
			t.Errorf("placeholder %q: pixel %v differs", placeholder, at)
		}
		if asleep.field.renderer.awake != nil || awake.field.renderer.awake == nil {
			t.Fatal("the wrong field is awake")
		}
		if a, b := asleep.field.MinSize().Height, awake.field.MinSize().Height; a != b {
			t.Errorf("placeholder %q: asleep it is %v high, awake %v", placeholder, a, b)
		}
	}
}

func TestUseWakesAField(t *testing.T) {
	for name, use := range map[string]func(*Entry){
		"focus":    func(e *Entry) { e.Focus() },
		"a text":   func(e *Entry) { e.SetText("web") },
		"disabled": func(e *Entry) { e.Disable() },
	} {
		e := NewEntry("Name", "")
		s := newScene(t, e)
		picture(t, s)
		use(e)
		if e.field.renderer.awake == nil {
			t.Errorf("%s does not wake the field", name)
		}
	}
}

func TestWordsOfOtherAlphabetsFallBackOnTheThemesFonts(t *testing.T) {
	newScene(t, NewText(BodyText, ""))
	for words, usual := range map[string]bool{"web–1 … žluťoučký": true, "Привет": true, "仮想": false, "🚀": false, "שלום": false} {
		for _, style := range []TextStyle{BodyText, MediumText, TitleText, MonoText} {
			line := NewText(style, "x")
			line.CreateRenderer()
			line.SetText(words)
			line.layout(fyne.NewSize(500, 20))
			if own := line.line.FontSource != nil; own != usual {
				t.Errorf("%q in style %d has a font of its own: %t", words, style, own)
			}
		}
	}
}
