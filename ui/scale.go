package ui

import (
	"context"
	"errors"
	"math"
	"os"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// scaleVariable is where Fyne looks for the factor for all sizes, at the start
// and whenever its own settings change.
const scaleVariable = "FYNE_SCALE"

// followScale keeps to the setting. A factor named when the program was started
// holds until the setting changes.
func (w *Window) followScale() {
	shown := w.svc.Settings.Scale()
	view := kit.NewView(w.kit, func(context.Context) (float64, error) { return w.svc.Settings.Scale(), nil }, func(scale float64, _ error) {
		if scale != shown {
			shown = scale
			w.rescale(scale)
		}
	})
	w.kit.Follow(view, kit.OfKind(virt.SettingChanged))
}

// rescale gives everything another size and leaves the window as large on the
// screen as it is.
func (w *Window) rescale(scale float64) {
	if err := os.Setenv(scaleVariable, strconv.FormatFloat(scale, 'g', -1, 64)); err != nil {
		w.kit.Show(err)
		return
	}
	canvas, settings := w.kit.Win.Canvas(), w.kit.App.Settings()
	width, height := canvas.Size().Width*canvas.Scale(), canvas.Size().Height*canvas.Scale()
	settings.SetTheme(settings.Theme()) // makes Fyne look again
	w.kit.Do(func() { w.kit.Win.Resize(fyne.NewSize(width/canvas.Scale(), height/canvas.Scale())) })
}

// scaleStep is by how much a key changes the factor.
const scaleStep = 0.1

// stepScale keeps another factor, as far as the setting allows it.
func (w *Window) stepScale(by float64) {
	scale := math.Round(10*(w.svc.Settings.Scale()+by)) / 10
	w.kit.RunTo(func(ctx context.Context) error {
		return w.svc.Settings.Set(ctx, setting.NameScale, strconv.FormatFloat(scale, 'g', -1, 64))
	}, func(err error) {
		if !errors.Is(err, virt.ErrInvalid) { // there is no larger or smaller one
			w.kit.Show(err)
		}
	})
}

func (w *Window) resetScale() {
	w.kit.Run(func(ctx context.Context) error { return w.svc.Settings.Reset(ctx, setting.NameScale) })
}
