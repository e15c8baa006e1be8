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

// A letter lets go of the keyboard when the keys of the settings are pressed, at
// once when they are others.
type letter struct {
	settings *setting.Service
	facts    *kit.View[[]rfb.KeyCode]
	cap      *fyne.Container // shows the keys
}

// newLetter makes use of the keys and calls told when they are others.
func newLetter(k *kit.Kit, settings *setting.Service, use func([]rfb.KeyCode), told func()) *letter {
	l := &letter{settings: settings, cap: kit.Stack()}
	shown := ""
	load := func(context.Context) ([]rfb.KeyCode, error) { return settings.ConsoleRelease(), nil }
	l.facts = kit.NewView(k, load, func(keys []rfb.KeyCode, _ error) {
		use(keys)
		if words := releaseWords(keys); words != shown {
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
