package console

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// foot is the line below the screen: whose keyboard it is and how to get it
// back, and how live the picture is.
type foot struct {
	view     *view
	icon     *kit.Icon
	owner    *kit.Text
	key      fyne.CanvasObject
	lets     *kit.Text
	resume   *kit.Button // of a machine that is paused
	recorded *kit.Text   // how long a recording goes on
	stop     *kit.Button // ends it
	pictures *kit.Text
	content  *fyne.Container

	visible bool
	ticking func()
	counted int64 // updates at the last tick
}

// footGap lies between screen and line; footHeight is that of a key cap.
const footGap, footHeight = 12, 20

func newFoot(v *view) *foot {
	f := &foot{view: v, icon: kit.NewIcon("keyboard", 14, theme.Muted), owner: kit.NewText(kit.SmallText, "")}
	f.key = v.letter.cap
	f.lets = kit.NewText(kit.SmallText, lang.L("lets go"))
	f.resume = v.resumeButton()
	f.recorded = kit.NewText(kit.SmallText, "").In(theme.Text)
	f.stop = kit.Link("square", lang.L("Stop recording"), func() {
		if r := v.recording(); r != nil {
			r.stop()
		}
	})
	f.pictures = kit.NewText(kit.SmallText, "")
	f.content = kit.Pad(footGap, 0, 0, 0, kit.Height(footHeight, kit.Row(7, f.icon, f.owner, kit.Gap(2, 1), f.key, f.lets, f.resume, kit.Spacer(), f.recorded, f.stop, kit.Gap(6, 1), f.pictures)))
	return f
}

// resumeButton lets a paused machine go on.
func (v *view) resumeButton() *kit.Button {
	resume := kit.Link("play", lang.L("Resume"), nil)
	resume.OnPress(func() {
		vm := v.vm
		v.kit.RunOn(resume, func(ctx context.Context) error { return v.svc.VMs.Resume(ctx, vm) })
	})
	return resume
}

func (f *foot) setVisible(visible bool) {
	f.visible = visible
	f.count()
}

func (f *foot) show() {
	v := f.view
	connected, paused := v.line.connected(), v.paused()
	held := connected && v.focused && !paused
	f.icon.Hidden, f.owner.Hidden, f.pictures.Hidden = !connected, !connected, !connected
	f.key.Hide()
	f.lets.Hidden = !held
	f.resume.Hidden = !connected || !paused
	switch {
	case held:
		f.key.Show()
		f.say("lock", theme.Accent, lang.L("The keyboard belongs to the machine"), theme.Text)
	case paused:
		f.say("pause", theme.Warn, lang.L("The machine is paused: it takes no keys"), theme.Text)
	case v.released != nil:
		f.say("keyboard", theme.Accent, lang.L("Now F is full screen, Del sends Ctrl+Alt+Delete, K is the menu of keys, S a screenshot"), theme.Text)
	default:
		f.say("keyboard", theme.Muted, lang.L("Click the screen to type in the machine"), theme.Muted)
	}
	f.showRecording()
	if !connected {
		f.pictures.SetText("")
	}
	f.content.Refresh()
	f.count()
}

func (f *foot) say(icon string, tint theme.Token, words string, ink theme.Token) {
	f.icon.SetIcon(icon)
	f.icon.SetToken(tint)
	f.owner.SetText(words)
	f.owner.SetToken(ink)
}

// showRecording says that the screen is recorded, and for how long.
func (f *foot) showRecording() {
	r := f.view.recording()
	f.recorded.Hidden, f.stop.Hidden = r == nil, r == nil
	if r != nil {
		f.recorded.SetText(lang.L("Recording, {{.Time}}", map[string]any{"Time": minutes(time.Since(r.begun))}))
	}
}

// count counts the pictures of each second in which somebody sees them.
func (f *foot) count() {
	counts := f.visible && f.view.line.connected()
	switch {
	case counts && f.ticking == nil:
		f.counted = f.view.updates.Load()
		f.ticking = f.view.kit.After(time.Second, f.tick)
	case !counts && f.ticking != nil:
		f.ticking()
		f.ticking = nil
	}
}

func (f *foot) tick() {
	f.ticking = nil
	pictures := int(f.view.updates.Load() - f.counted)
	words := lang.N("VNC, {{.Count}} pictures a second", pictures, map[string]any{"Count": pictures})
	if f.view.recording() != nil || f.pictures.Words() != words { // a refresh has the whole window painted
		f.pictures.SetText(words)
		f.showRecording()
		f.content.Refresh()
	}
	f.count()
}
