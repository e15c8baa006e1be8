package console

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/storage"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// A recording writes what a machine's screen shows into a file, over a connection
// of its own: it goes on when the screen is not looked at.
type recording struct {
	path  string
	begun time.Time
	frame rfb.Frame
	stop  func()
}

// recordMenu begins and ends a recording, and plays one.
func (v *view) recordMenu() []kit.MenuItem {
	record := kit.MenuItem{Icon: "circle-dot", Label: lang.L("Record the screen…"), Do: v.askForRecording}
	if r := v.consoles.recordings[v.vm.Key()]; r != nil {
		record = kit.MenuItem{Icon: "square", Label: lang.L("Stop recording"), Do: r.stop}
	}
	return []kit.MenuItem{record, {Icon: "play", Label: lang.L("Play a recording…"), Do: v.askForReplay}}
}

// recording is the one of the machine that is under way, if there is one.
func (v *view) recording() *recording { return v.consoles.recordings[v.vm.Key()] }

// askForRecording asks for the file.
func (v *view) askForRecording() {
	name := v.vm.Name
	suggest := func(context.Context) (string, error) { return parts.Videos.Suggest(name, storage.TapeEnding), nil }
	kit.Load(v.kit, suggest, func(path string) {
		ask := pathQuestion{
			title:  lang.L("Record the screen"),
			text:   lang.L("What “{{.Name}}” shows is written into a file, until you stop it or the machine is off. Keys and sound are not recorded.", map[string]any{"Name": v.vm.Name}),
			icon:   "circle-dot",
			help:   lang.L("With a name that ends in .zst it is compressed, and plays at its own pace."),
			path:   parts.ShortPath(path),
			action: lang.L("Record"),
		}
		ask.open(v.kit, v.record)
	})
}

// askForReplay asks which file is to be played, first where the last recording is.
func (v *view) askForReplay() {
	last, name := v.consoles.recorded, v.vm.Name
	folder := func(context.Context) (string, error) {
		return cmp.Or(last, filepath.Dir(parts.Videos.Suggest(name, storage.TapeEnding))), nil
	}
	kit.Load(v.kit, folder, func(at string) {
		parts.ChooseFile(v.kit, parts.FileQuestion{
			Title: lang.L("Play a recording"), At: at, Endings: []string{".rfb", ".zst"}, Chosen: v.consoles.OpenRecording,
		})
	})
}

// errRecorded says that one recording of a screen is enough. Both its tab and its
// window may ask for one.
var errRecorded = errors.New("the screen is recorded already")

// record creates the file and begins. done hears whether the file could be made.
func (v *view) record(path string, done func(error)) {
	if v.recording() != nil {
		done(errRecorded)
		return
	}
	var tape io.WriteCloser
	v.kit.RunTo(func(context.Context) (err error) {
		tape, err = storage.CreateTape(path)
		return err
	}, func(err error) {
		done(err)
		if err == nil {
			v.consoles.record(v.vm, path, tape, asker{v.kit})
		}
	})
}

// record records until the machine ends the connection or stop is called.
func (c *Consoles) record(machine virt.Ref, path string, tape io.WriteCloser, ask asker) {
	r := &recording{path: path, begun: time.Now()}
	c.recordings[machine.Key()] = r
	r.stop = c.main.Keep(func(ctx context.Context) error {
		_, err := c.svc.VMs.Record(ctx, machine, vm.RecordSpec{
			Login: c.svc.Hosts.ScreenLogin(machine, ask), Encoding: rfb.EncodingZRLE, Frame: &r.frame, To: tape,
		})
		err = errors.Join(err, tape.Close())
		if r.empty() {
			err = errors.Join(err, os.Remove(path)) // it holds nothing
		}
		return err
	}, func(err error) {
		delete(c.recordings, machine.Key())
		if !r.empty() {
			c.recorded = path
			c.sayRecorded(r)
		}
		c.main.Show(err)
		c.tell(machine)
	})
	c.tell(machine)
}

// empty says that no picture has come yet.
func (r *recording) empty() bool { return r.frame.Updates() == 0 }

func (c *Consoles) sayRecorded(r *recording) {
	c.main.Toast(kit.Toast{
		Icon: "circle-dot", Token: theme.OK, Title: lang.L("Recording saved"), Text: minutes(time.Since(r.begun)) + ", " + parts.ShortPath(r.path),
		Action: lang.L("Play"), Do: func() { c.OpenRecording(r.path) },
	})
}

// A pathQuestion asks for the path of a file.
type pathQuestion struct {
	title, text, icon, help string
	path, action            string
}

// open asks. do gets the path, and what it calls when it has tried: the dialog
// stays open with what is wrong.
func (q pathQuestion) open(k *kit.Kit, do func(path string, done func(error))) {
	entry := kit.NewEntry(lang.L("File"), "")
	entry.SetText(q.path)
	field := kit.NewField(lang.L("File"), q.help, entry)
	var dialog *kit.Dialog
	answer := kit.Primary(q.icon, q.action, nil)
	entry.OnChanged = func(string) { field.SetProblem("") }
	answer.OnPress(func() {
		dialog.SetBusy(true)
		do(fullPath(entry.Text()), func(err error) {
			dialog.SetBusy(false)
			if err == nil {
				dialog.Close()
				return
			}
			field.SetProblem(whyNoFile(err))
			entry.Focus()
			dialog.Fit()
		})
	})
	dialog = kit.NewDialog(kit.DialogSpec{
		Title: q.title, Text: q.text, Tile: kit.NewIconTile(q.icon, theme.Accent, 40), Width: kit.WideDialog, Body: field, Action: answer,
	})
	dialog.FocusFirst(entry.Focusable())
	dialog.Open(k.Win.Canvas())
}

// fullPath reads a path as a person writes it: ~ is the home directory, and what
// is not said to lie elsewhere lies in it.
func fullPath(written string) string {
	path := strings.TrimSpace(written)
	if rest, home := strings.CutPrefix(path, "~/"); home {
		path = rest
	}
	if filepath.IsAbs(path) {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(home, path)
}

func whyNoFile(err error) string {
	switch {
	case errors.Is(err, errRecorded):
		return lang.L("The screen is being recorded already.")
	case errors.Is(err, os.ErrExist):
		return lang.L("There is a file of that name already.")
	case errors.Is(err, os.ErrNotExist):
		return lang.L("There is no such file or folder.")
	case errors.Is(err, os.ErrPermission):
		return lang.L("You may not use this file.")
	}
	return kit.Sentence(err.Error())
}
