package kit

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Keys is a key with the modifiers held while it is pressed.
type Keys struct {
	Key fyne.KeyName
	Mod fyne.KeyModifier
}

type modifier struct {
	word string
	bit  fyne.KeyModifier
}

// modifiers in the order in which they are written.
var modifiers = []modifier{
	{"Ctrl", fyne.KeyModifierControl},
	{"Alt", fyne.KeyModifierAlt},
	{"Super", fyne.KeyModifierSuper},
	{"Shift", fyne.KeyModifierShift},
}

// keyWords are keys whose word on the keyboard differs from Fyne's name.
var keyWords = map[string]fyne.KeyName{
	"Enter": fyne.KeyReturn, "Esc": fyne.KeyEscape, "Backspace": fyne.KeyBackspace,
	"PgUp": fyne.KeyPageUp, "PgDn": fyne.KeyPageDown, "Menu": desktop.KeyMenu, "Del": fyne.KeyDelete,
}

// shiftedWords are signs that are known better than the key they share with
// another one. The places are those of most keyboards.
var shiftedWords = map[string]fyne.KeyName{"?": fyne.KeySlash}

// ParseKeys reads a combination such as "Ctrl+Shift+T", "F5" or "Alt+Left".
func ParseKeys(text string) (Keys, error) {
	head, word := cutKey(text)
	var keys Keys
	for part := range strings.SplitSeq(head, "+") {
		if head == "" {
			break
		}
		i := slices.IndexFunc(modifiers, func(m modifier) bool { return m.word == part })
		if i < 0 {
			return Keys{}, fmt.Errorf("%q is not a modifier key", part)
		}
		keys.Mod |= modifiers[i].bit
	}
	if word == "" {
		return Keys{}, fmt.Errorf("%q names no key", text)
	}
	keys.Key = fyne.KeyName(word)
	if named, ok := keyWords[word]; ok {
		keys.Key = named
	} else if shifted, ok := shiftedWords[word]; ok {
		keys.Key, keys.Mod = shifted, keys.Mod|fyne.KeyModifierShift
	}
	return keys, nil
}

// cutKey parts the modifiers from the key, which may be the plus sign itself.
func cutKey(text string) (modifiers, key string) {
	if rest, plus := strings.CutSuffix(text, "++"); plus {
		return rest, "+"
	}
	if at := strings.LastIndex(text, "+"); at >= 0 && text != "+" {
		return text[:at], text[at+1:]
	}
	return "", text
}

// MustKeys is ParseKeys for texts in the source.
func MustKeys(text string) Keys {
	keys, err := ParseKeys(text)
	if err != nil {
		panic(err)
	}
	return keys
}

// String is the combination as people write it.
func (k Keys) String() string {
	if k == (Keys{}) {
		return ""
	}
	word := string(k.Key)
	for shown, name := range keyWords {
		if name == k.Key && shown != "Del" {
			word = shown
		}
	}
	for shown, name := range shiftedWords {
		if name == k.Key && k.Mod&fyne.KeyModifierShift != 0 {
			word, k.Mod = shown, k.Mod&^fyne.KeyModifierShift
		}
	}
	var parts []string
	for _, m := range modifiers {
		if k.Mod&m.bit != 0 {
			parts = append(parts, m.word)
		}
	}
	return strings.Join(append(parts, word), "+")
}

// shortcut is how Fyne announces the combination; nil if it comes as a plain key.
func (k Keys) shortcut() fyne.Shortcut {
	if k.Mod == fyne.KeyModifierControl {
		switch k.Key {
		case fyne.KeyZ:
			return &fyne.ShortcutUndo{}
		case fyne.KeyY:
			return &fyne.ShortcutRedo{}
		case fyne.KeyA:
			return &fyne.ShortcutSelectAll{}
		case fyne.KeyC:
			return &fyne.ShortcutCopy{}
		case fyne.KeyX:
			return &fyne.ShortcutCut{}
		case fyne.KeyV:
			return &fyne.ShortcutPaste{}
		}
	}
	if k.Mod == 0 || k.Mod == fyne.KeyModifierShift {
		return nil
	}
	return &desktop.CustomShortcut{KeyName: k.Key, Modifier: k.Mod}
}
