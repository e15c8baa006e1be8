package console

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// A letter lets go of the keyboard when the keys of the settings are pressed, and
// leaves those to this computer that stay here, at once when they are others.
type letter struct {
	settings *setting.Service
	facts    *kit.View[chosenKeys]
	cap      *fyne.Container // shows the keys
}

// chosenKeys are the keys of the settings.
type chosenKeys struct {
	release []rfb.KeyCode
	pass    [][]rfb.KeyCode
}

// A taker is a widget that takes the keyboard.
type taker interface {
	SetRelease([]rfb.KeyCode)
	SetPassed([][]rfb.KeyCode)
}

// newLetter tells the widget the keys and calls told when others let go.
func newLetter(k *kit.Kit, settings *setting.Service, to taker, told func()) *letter {
	l := &letter{settings: settings, cap: kit.Stack()}
	shown := ""
	load := func(context.Context) (chosenKeys, error) {
		return chosenKeys{release: settings.ConsoleRelease(), pass: settings.ConsolePass()}, nil
	}
	l.facts = kit.NewView(k, load, func(keys chosenKeys, _ error) {
		to.SetRelease(keys.release)
		to.SetPassed(keys.pass)
		if words := releaseWords(keys.release); words != shown {
			shown = words
			l.cap.Objects = []fyne.CanvasObject{kit.NewTag(words)}
			l.cap.Refresh()
			told()
		}
	})
	l.facts.Now()
	k.Follow(l.facts, kit.OfKind(virt.SettingChanged))
	return l
}

// words are the keys that let go, for people.
func (l *letter) words() string { return releaseWords(l.settings.ConsoleRelease()) }

func (l *letter) close() { l.facts.Stop() }

// leftKeys are on both sides of a keyboard, and the left ones are meant.
var leftKeys = map[rfb.KeyCode]bool{rfb.KeyLeftCtrl: true, rfb.KeyLeftAlt: true, rfb.KeyLeftShift: true, rfb.KeyLeftMeta: true}

// releaseWords names the keys: Left Ctrl + Alt.
func releaseWords(keys []rfb.KeyCode) string {
	var names []string
	for i, key := range keys {
		name := key.String()
		if right, is := strings.CutPrefix(name, "Right"); is {
			name = lang.L("Right {{.Key}}", map[string]any{"Key": right})
		}
		if i == 0 && leftKeys[key] {
			name = lang.L("Left {{.Key}}", map[string]any{"Key": name})
		}
		names = append(names, name)
	}
	return strings.Join(names, " + ")
}
