package kit_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// frame is how long the UI goroutine may take for a step that a person sees
// as smooth.
const frame = 33 * time.Millisecond

func benchTable(b testing.TB, rows int) (*kit.DataTable[machine], fyne.Window) {
	b.Helper()
	app := test.NewApp()
	app.Settings().SetTheme(theme.New(theme.Dark))
	win := app.NewWindow("bench")
	win.SetPadded(false)
	table := kit.NewTable(machineSpec())
	table.SetRows(machines(rows))
	win.SetContent(table)
	win.Resize(fyne.NewSize(1280, 800))
	return table, win
}

func TestScrollingTenThousandRowsKeepsTheFrame(t *testing.T) {
	_, win := benchTable(t, 10000)
	defer win.Close()

	steps := make([]time.Duration, 200)
	for i := range steps {
		began := time.Now()
		test.Scroll(win.Canvas(), fyne.NewPos(600, 400), 0, -50)
		steps[i] = time.Since(began)
	}

	slices.Sort(steps)
	if median := steps[len(steps)/2]; median > frame {
		t.Errorf("half of the steps take longer than %v, want %v", median, frame)
	}
}

func BenchmarkScrollByANotch(b *testing.B) {
	for _, rows := range []int{1000, 10000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			_, win := benchTable(b, rows)
			defer win.Close()
			down := float32(-50)
			for i := 0; b.Loop(); i++ {
				if i%(rows/2) == rows/2-1 {
					down = -down
				}
				test.Scroll(win.Canvas(), fyne.NewPos(600, 400), 0, down)
			}
		})
	}
}

func BenchmarkUpdateWithTenChangedRows(b *testing.B) {
	for _, rows := range []int{1000, 10000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			table, win := benchTable(b, rows)
			defer win.Close()
			all := machines(rows)
			for i := 0; b.Loop(); i++ {
				for j := range 10 {
					all[j].cpu = float64((i+j)%100) / 100
				}
				table.SetRows(all)
			}
		})
	}
}
