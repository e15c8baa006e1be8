package kit

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

func rising(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(i) / float64(n-1) * 100
	}
	return values
}

func TestACurveGoesFromCornerToCorner(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Dark))
	var p plot
	img := p.draw(200, 100, 0, 100, []Series{{Values: rising(50), Token: theme.Accent}})
	if img.RGBAAt(1, 97).A == 0 || img.RGBAAt(198, 2).A == 0 {
		t.Fatal("the ends of the curve are not in the corners")
	}
	if img.RGBAAt(5, 5).A != 0 || img.RGBAAt(195, 95).A != 0 {
		t.Fatal("there is ink beside the curve")
	}
}

func TestTheAreaFadesDownwards(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Dark))
	var p plot
	flat := []float64{100, 100, 100}
	img := p.draw(100, 100, 0, 100, []Series{{Values: flat, Token: theme.OK, Filled: true}})
	high, low := img.RGBAAt(50, 10).A, img.RGBAAt(50, 90).A
	if high <= low || high > areaAlpha {
		t.Fatalf("alpha %d above, %d below", high, low)
	}
}

func TestMissingValuesLeaveAGap(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Dark))
	var p plot
	values := []float64{50, 50, 50, math.NaN(), math.NaN(), 50, 50, 50}
	img := p.draw(140, 60, 0, 100, []Series{{Values: values, Token: theme.Accent, Filled: true}})
	for x := 45; x < 95; x++ {
		for y := range 60 {
			if img.RGBAAt(x, y).A != 0 {
				t.Fatalf("ink at %d,%d inside the gap", x, y)
			}
		}
	}
}

func TestDrawingAgainMakesNoGarbage(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Dark))
	var p plot
	series := []Series{{Values: rising(120), Token: theme.Accent, Filled: true}, {Values: rising(120), Token: theme.Warn}}
	p.draw(446, 146, 0, 100, series)
	if n := testing.AllocsPerRun(10, func() { p.draw(446, 146, 0, 100, series) }); n > 20 {
		t.Fatalf("%v allocations per picture", n)
	}
}

func BenchmarkPlot(b *testing.B) {
	test.NewApp().Settings().SetTheme(theme.New(theme.Dark))
	var p plot
	series := []Series{{Values: rising(120), Token: theme.Accent, Filled: true}, {Values: rising(120), Token: theme.Warn}}
	b.ReportAllocs()
	for range b.N {
		p.draw(446, 146, 4, 100, series)
	}
}

func TestTheCrosshairFollowsPointerAndArrows(t *testing.T) {
	c := NewLineChart("CPU", 4)
	values := rising(11)
	c.OnPoint = func(i int) string { return string(rune('a' + i)) }
	c.Plot(100, Series{Values: values, Token: theme.Accent})
	s := newScene(t, Center(Sized(400, 100, c)))

	e := &desktop.MouseEvent{}
	e.Position = fyne.NewPos(200, 50)
	c.MouseMoved(e)
	if got := c.label.Words(); got != "f" || c.cross.Hidden {
		t.Fatalf("in the middle it says %q", got)
	}
	c.MouseOut()
	if !c.cross.Hidden {
		t.Fatal("the crosshair stays")
	}
	s.win.Canvas().Focus(c)
	s.key(fyne.KeyLeft, fyne.KeyLeft)
	if got := c.A11y().Value; got != "j" {
		t.Fatalf("two steps left from the end it says %q", got)
	}
}

func TestAChartWithoutCrosshairIsNoTabStop(t *testing.T) {
	b := Primary("", "Start", nil)
	s := newScene(t, Col(0, Height(50, NewLineChart("CPU", 4)), b))
	s.key(fyne.KeyTab)
	if s.win.Canvas().Focused() != fyne.Focusable(b) {
		t.Fatalf("Tab stops at %T", s.win.Canvas().Focused())
	}
}
