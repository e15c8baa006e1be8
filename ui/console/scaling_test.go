package console

import (
	"testing"

	"fyne.io/fyne/v2"
)

func TestAPixelOfTheMachineIsAsManyOfTheMonitorAsChosen(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	for label, want := range map[string]fyne.Size{
		"Actual size": fyne.NewSize(720, 400), "Twofold": fyne.NewSize(1440, 800), "Threefold": fyne.NewSize(2160, 1200), "Fourfold": fyne.NewSize(2880, 1600),
		"Whole pixels, as large as fits": fyne.NewSize(720, 400),
	} {
		menuItem(t, d.view().bar.scalingMenu(), label).Do()
		if got := d.view().screen.MinSize(); got != want {
			t.Errorf("%s needs %v, want %v", label, got, want)
		}
		if item := menuItem(t, d.view().bar.scalingMenu(), label); !item.Checked {
			t.Errorf("%s is not ticked", label)
		}
	}
}
