//go:build !(linux && cgo && !wayland)

package vnc

import (
	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// scanCodeOffset: on Wayland keys are counted as Linux does.
const scanCodeOffset = 0

// native does nothing where the window below Fyne is not reached: the window
// manager keeps its keys, and the pointer is not captured.
type native struct{}

func (*native) reach(fyne.Canvas) bool { return false }

func (*native) renderer() string { return "" }

func (*native) grabKeyboard() {}

func (*native) ungrabKeyboard() {}

func (*native) grabs() bool { return false }

func (*native) lend([]rfb.KeyCode, rfb.KeyCode) {}

func (*native) lends(rfb.KeyCode) bool { return false }

func (*native) regrab() {}

func (*native) locks() nativeLocks { return nativeLocks{} }

func (*native) capturePointer(func(dx, dy float64)) bool { return false }

func (*native) freePointer() {}

func (*native) showCursor() {}

func (*native) watchButtons() {}

func (*native) unwatchButtons() {}

func (*native) sideButtons() rfb.Buttons { return 0 }

func (*native) captured() bool { return false }
