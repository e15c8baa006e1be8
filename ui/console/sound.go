package console

import (
	"context"
	"errors"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/sound"
)

// hearing is the control of the machine's sound. What is chosen holds for this
// console; the settings decide how the next one begins.
type hearing struct {
	view      *view
	buttons   []*kit.Button // in the bar and at the top of a full screen
	wanted    bool
	connected bool
	known     bool   // whether the machine can be heard
	unheard   string // why it cannot
	cancel    func() // of the question
}

func newHearing(v *view) *hearing {
	h := &hearing{view: v, wanted: v.svc.Settings.ConsoleSound(), cancel: func() {}}
	v.screen.SoundTitle = v.vm.Name
	v.screen.OnSound = func() { v.kit.Do(h.show) }
	return h
}

// button makes one more button that plays or mutes the machine.
func (h *hearing) button() *kit.Button {
	b := kit.SecondaryIcon("volume-2", lang.L("Sound"), h.toggle)
	h.buttons = append(h.buttons, b)
	h.show()
	return b
}

// follow asks whenever a connection begins whether the machine can be heard.
func (h *hearing) follow() {
	v := h.view
	if connected := v.line.connected(); connected != h.connected {
		h.connected, h.known = connected, false
		h.cancel()
		h.cancel = func() {}
		if connected {
			h.cancel = h.ask()
		}
		h.apply()
	}
}

// ask asks; where no answer comes it stays unknown until the next connection.
func (h *hearing) ask() (cancel func()) {
	v := h.view
	var reason string
	vm := v.vm
	return v.kit.Keep(func(ctx context.Context) (err error) {
		reason, err = v.svc.VMs.Unheard(ctx, vm)
		return err
	}, func(err error) {
		if err == nil {
			h.known, h.unheard = true, reason
			h.apply()
		}
	})
}

// toggle plays or mutes the machine; where playing failed it tries again.
func (h *hearing) toggle() {
	if now, _ := h.view.screen.Sound(); now != vnc.SoundFailed {
		h.wanted = !h.wanted
	}
	h.apply()
}

func (h *hearing) apply() {
	h.view.screen.SetSound(h.wanted && h.known && h.unheard == "")
	h.show()
}

// show says on the buttons what they do, or why they cannot.
func (h *hearing) show() {
	icon, name, why := "volume-2", lang.L("Mute the machine"), ""
	now, err := h.view.screen.Sound()
	switch {
	case !h.known:
		why = lang.L("Whether the machine has sound is not known yet.")
	case h.unheard != "":
		icon, why = "volume-x", lang.L(h.unheard)
	case !h.wanted:
		icon, name = "volume-x", lang.L("Play the machine’s sound")
	case now == vnc.SoundNone:
		why = lang.L("The machine’s screen does not send its sound.")
	case now == vnc.SoundFailed && errors.Is(err, sound.ErrNoServer):
		icon, name = "volume-x", lang.L("No sound: this computer has no sound server that answers. Try again")
	case now == vnc.SoundFailed:
		icon, name = "volume-x", lang.L("No sound: this computer’s sound server does not play it. Try again")
	}
	for _, b := range h.buttons {
		b.SetIcon(icon)
		b.SetName(name)
		if why != "" {
			b.DisableBecause(why)
		} else {
			b.Enable()
		}
	}
}
