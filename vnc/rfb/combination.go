package rfb

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// keyNames are the words for keys in combinations, the usual one first. Letters,
// digits and F1 to F24 have their own names.
var keyNames = map[KeyCode][]string{
	KeyLeftCtrl: {"Ctrl"}, KeyLeftAlt: {"Alt"}, KeyLeftShift: {"Shift"}, KeyLeftMeta: {"Super", "Win", "Meta"}, KeyRightAlt: {"AltGr"},
	KeyRightCtrl: {"RightCtrl"}, KeyRightShift: {"RightShift"}, KeyRightMeta: {"RightSuper"}, KeyMenu: {"Menu"},
	KeyEsc: {"Esc", "Escape"}, KeyTab: {"Tab"}, KeyEnter: {"Enter", "Return"}, KeySpace: {"Space"}, KeyBackspace: {"Backspace"},
	KeyDelete: {"Delete", "Del"}, KeyInsert: {"Insert", "Ins"}, KeyHome: {"Home"}, KeyEnd: {"End"},
	KeyPageUp: {"PageUp", "PgUp"}, KeyPageDown: {"PageDown", "PgDn"},
	KeyUp: {"Up"}, KeyDown: {"Down"}, KeyLeft: {"Left"}, KeyRight: {"Right"},
	KeySysRq: {"PrintScreen", "SysRq", "Print"}, KeyPause: {"Pause"}, KeyScrollLock: {"ScrollLock"}, KeyCapsLock: {"CapsLock"}, KeyNumLock: {"NumLock"},
	KeyMinus: {"Minus"}, KeyEqual: {"Equal"}, KeyComma: {"Comma"}, KeyDot: {"Dot"}, KeySlash: {"Slash"}, KeyBackslash: {"Backslash"},
	KeySemicolon: {"Semicolon"}, KeyApostrophe: {"Apostrophe"}, KeyGrave: {"Grave"}, Key102nd: {"Less"}, KeyLeftBrace: {"LeftBracket"}, KeyRightBrace: {"RightBracket"},
	KeyMute: {"Mute"}, KeyVolumeDown: {"VolumeDown"}, KeyVolumeUp: {"VolumeUp"}, KeyPower: {"Power"},
}

// maxCombination is how many keys may be down at once.
const maxCombination = 6

// ParseCombination reads key names with plus signs between, such as
// "Ctrl+Alt+F2"; upper and lower case are the same. Keys are those of a US
// keyboard, and are pressed in their order.
func ParseCombination(text string) ([]KeyCode, error) {
	var keys []KeyCode
	for word := range strings.SplitSeq(text, "+") {
		key, ok := keyNamed(strings.TrimSpace(word))
		switch {
		case !ok:
			return nil, fmt.Errorf("no key is called “%s”", strings.TrimSpace(word))
		case slices.Contains(keys, key):
			return nil, fmt.Errorf("%s comes twice", key)
		}
		keys = append(keys, key)
	}
	if len(keys) > maxCombination {
		return nil, fmt.Errorf("more than %d keys", maxCombination)
	}
	return keys, nil
}

// Combination writes what ParseCombination reads, with the usual names.
func Combination(keys []KeyCode) string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = key.String()
	}
	return strings.Join(names, "+")
}

// String is the name of the key on a US keyboard.
func (k KeyCode) String() string {
	if names := keyNames[k]; names != nil {
		return names[0]
	}
	switch n := int(k); {
	case k >= KeyF1 && k <= KeyF10:
		return "F" + strconv.Itoa(n-int(KeyF1)+1)
	case k == KeyF11 || k == KeyF12:
		return "F" + strconv.Itoa(n-int(KeyF11)+11)
	case k >= keyF13 && k <= keyF13+11:
		return "F" + strconv.Itoa(n-int(keyF13)+13)
	}
	if l := legends[k]; l.plain >= 'a' && l.plain <= 'z' || l.plain >= '0' && l.plain <= '9' {
		return strings.ToUpper(string(rune(l.plain)))
	}
	return "Key" + strconv.Itoa(int(k))
}

const keyF13 KeyCode = 183

// named are the keys by their names in lower case.
var named = buildNamed()

func buildNamed() map[string]KeyCode {
	all := map[string]KeyCode{}
	for key, names := range keyNames {
		for _, name := range names {
			all[strings.ToLower(name)] = key
		}
	}
	for key, l := range legends {
		if l.plain >= 'a' && l.plain <= 'z' || l.plain >= '0' && l.plain <= '9' {
			all[string(rune(l.plain))] = key
		}
	}
	for _, first := range []KeyCode{KeyF1, KeyF11, keyF13} {
		for key := first; strings.HasPrefix(key.String(), "F"); key++ {
			all[strings.ToLower(key.String())] = key
		}
	}
	return all
}

func keyNamed(word string) (KeyCode, bool) {
	key, ok := named[strings.ToLower(word)]
	return key, ok
}
