package setting

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// modifierKeys in the order in which they are written.
var modifierKeys = []string{"Ctrl", "Alt", "Super", "Shift"}

// namedKeys are keys that are no single letter, digit or sign.
var namedKeys = regexp.MustCompile(`^(F([1-9]|1[0-2])|Enter|Esc|Tab|Space|Backspace|Delete|Insert|Home|End|PgUp|PgDn|Left|Right|Up|Down|Menu)$`)

// loneKeys need no modifier: nothing is typed or moved with them.
var loneKeys = regexp.MustCompile(`^(F([1-9]|1[0-2])|Delete|Insert|Menu)$`)

// parseKeys takes a key combination and writes it as the program does: "Ctrl+K",
// "none" for none, empty for the usual one. Letters alone are left to those who
// type.
func parseKeys(text string) (any, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "none" {
		return text, nil
	}
	head, key := "", text
	if rest, plus := strings.CutSuffix(text, "++"); plus {
		head, key = rest, "+"
	} else if at := strings.LastIndex(text, "+"); at > 0 {
		head, key = text[:at], text[at+1:]
	}
	held := map[string]bool{}
	if head != "" {
		for word := range strings.SplitSeq(head, "+") {
			if !slices.Contains(modifierKeys, word) || held[word] {
				return nil, fmt.Errorf("%q is no modifier key", word)
			}
			held[word] = true
		}
	}
	if len(key) == 1 && key >= "a" && key <= "z" {
		key = strings.ToUpper(key)
	}
	switch {
	case !namedKeys.MatchString(key) && (len(key) != 1 || key <= " " || key > "~"):
		return nil, fmt.Errorf("%q is no key", key)
	case !loneKeys.MatchString(key) && !held["Ctrl"] && !held["Alt"] && !held["Super"]:
		return nil, fmt.Errorf("%q is needed for typing", key)
	}
	var words []string
	for _, word := range modifierKeys {
		if held[word] {
			words = append(words, word)
		}
	}
	return strings.Join(append(words, key), "+"), nil
}
