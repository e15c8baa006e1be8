package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/storage"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
	"github.com/kvmmanager/kvm-manager/vnc"
)

// replayTick is how often a replay tells how far it is.
const replayTick = 200 * time.Millisecond

// A replay is a window that plays a recording of a screen. It takes no keys for
// it and no clicks.
type replay struct {
	path   string
	win    fyne.Window
	kit    *kit.Kit
	screen *vnc.Screen
	tape   *vnc.Tape // nil until it was looked through
	plays  bool      // the person wants it to
	closed bool
	hangUp func() // ends the playing
	still  func() // ends the telling how far it is

	icon    *kit.Icon
	title   *kit.Text
	why     *kit.Paragraph
	words   *fyne.Container // over the screen while there is nothing to see
	banner  *kit.Banner
	trouble *fyne.Container
	play    *kit.Button
	again   *kit.Button
	done    *kit.UsageBar
	time    *kit.Text
	tools   *fyne.Container
	content *fyne.Container
}

// OpenRecording plays the file of a recorded screen in a window of its own.
func (c *Consoles) OpenRecording(path string) { openReplay(c, path) }

func openReplay(c *Consoles, path string) *replay {
	r := &replay{path: path, win: c.main.App.NewWindow(lang.L("KVM Manager")), hangUp: func() {}, still: func() {}}
	r.kit = c.main.Window(r.win)
	name := filepath.Base(path)
	r.screen = vnc.NewScreen(lang.L("Recording {{.Name}}", map[string]any{"Name": name}))
	r.screen.ViewOnly = true
	r.arrange()
	stage := kit.NewStage(r.win)
	stage.AfterWith(r.kit.After)
	stage.SetPage(kit.PadAll(12, r.content))
	r.win.SetTitle(lang.L("{{.Name}} – KVM Manager", map[string]any{"Name": name}))
	r.win.Resize(fyne.NewSize(windowWidth, windowHeight))
	r.win.SetOnClosed(r.close)
	r.win.Show()
	r.read()
	return r
}

// arrange puts the parts together.
func (r *replay) arrange() {
	r.icon, r.title = kit.NewIcon("loader-circle", 20, theme.Accent), kit.NewText(kit.PanelText, lang.L("Reading the recording"))
	r.why = kit.NewParagraph(kit.SmallText, "", wordsWidth)
	r.words = kit.NewFloat(kit.Pad(20, 28, 20, 28, kit.ColCenter(6, r.icon, r.title, kit.Width(wordsWidth, r.why))))
	r.why.Hide()
	r.banner = kit.NewBanner(kit.WarnBanner, lang.L("The recording is broken"), "")
	r.trouble = kit.Pad(0, 0, 12, 0, r.banner)
	r.trouble.Hide()
	r.play = kit.Primary("pause", lang.L("Pause"), r.toggle)
	r.again = kit.Secondary("rotate-cw", lang.L("From the beginning"), r.rewind)
	r.done, r.time = kit.NewUsageBar(6), kit.NewText(kit.SmallText, "")
	r.tools = kit.Pad(12, 0, 0, 0, kit.Row(12, r.play, r.again, kit.Grow(r.done), r.time))
	r.tools.Hide()
	well := kit.Stack(kit.NewBox(theme.Terminal, theme.Line, wellRadius), kit.PadAll(wellInset, r.screen), kit.Center(r.words))
	r.content = kit.Col(0, r.trouble, kit.Grow(well), r.tools)
}

// read looks through the file and begins to play it.
func (r *replay) read() {
	var tape *vnc.Tape
	r.kit.RunTo(func(ctx context.Context) error {
		file, err := storage.ReadTape(r.path)
		if err != nil {
			return err
		}
		tape, err = vnc.NewTape(ctx, file)
		return err
	}, func(err error) {
		if err != nil {
			r.fail(err)
			return
		}
		r.tape = tape
		r.begin()
	})
}

// fail says why nothing can be played.
func (r *replay) fail(err error) {
	r.icon.SetIcon("triangle-alert")
	r.title.SetText(lang.L("The recording cannot be played"))
	r.why.SetText(kit.Sentence(err.Error()))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		r.why.SetText(lang.L("The file ends too early, or it is no recording of a screen."))
	}
	r.why.Show()
	r.content.Refresh()
}

func (r *replay) begin() {
	r.words.Hide()
	r.tools.Show()
	if broken := r.tape.Broken(); broken != nil {
		why := kit.Sentence(broken.Error())
		if errors.Is(broken, io.ErrUnexpectedEOF) {
			why = lang.L("It ends in the middle of a picture.")
		}
		r.banner.SetWords(lang.L("The recording is broken"), why+" "+lang.L("What comes before is shown."))
		r.trouble.Show()
	}
	r.content.Refresh()
	r.win.Canvas().Focus(r.play)
	r.rewind()
}

// rewind plays from the beginning.
func (r *replay) rewind() {
	r.tape.Rewind()
	r.plays = true
	r.hangUp()
	r.hangUp = r.kit.Keep(func(ctx context.Context) error {
		r.screen.Connect(ctx, r.tape.Dial, nil)
		<-ctx.Done()
		return nil
	}, nil)
	r.tick()
}

// toggle plays or pauses; at the end it plays again.
func (r *replay) toggle() {
	switch {
	case r.ended():
		r.rewind()
		return
	case r.plays:
		r.tape.Pause()
	default:
		r.tape.Play()
	}
	r.plays = !r.plays
	r.tick()
}

func (r *replay) ended() bool { return r.tape.Played() == r.tape.Length() }

// tick tells how far it is while it plays.
func (r *replay) tick() {
	r.still()
	r.show()
	if r.plays && !r.ended() {
		r.still = r.kit.After(replayTick, r.tick)
	}
}

func (r *replay) show() {
	icon, label := "play", lang.L("Play")
	if r.plays && !r.ended() {
		icon, label = "pause", lang.L("Pause")
	}
	if r.play.Label() != label {
		r.play.SetIcon(icon)
		r.play.SetLabel(label)
		r.tools.Refresh()
	}
	played, length := r.tape.Played(), r.tape.Length()
	r.done.SetShare(float64(played) / float64(max(length, 1)))
	words := lang.L("{{.Played}} of {{.Length}}", map[string]any{"Played": minutes(played), "Length": minutes(length)})
	if words != r.time.Words() {
		r.time.SetText(words)
		r.done.Describe(lang.L("Played"), words)
		r.tools.Refresh()
	}
}

// minutes writes a time as players do: 1:05.
func minutes(d time.Duration) string {
	s := int(d.Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

func (r *replay) close() {
	if r.closed {
		return
	}
	r.closed = true
	r.screen.Close()
	r.kit.Keep(func(context.Context) error {
		r.screen.Wait()
		return nil
	}, nil)
	r.kit.Leave()
}
