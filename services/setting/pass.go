package setting

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// parsePass reads the combinations that stay with this computer. What is needed for
// typing does not.
func parsePass(text string) (any, error) {
	list, err := parseCombinations(text)
	if err != nil {
		return nil, err
	}
	for _, keys := range combinationsOf(list.(string)) {
		rest := slices.DeleteFunc(slices.Clone(keys), rfb.KeyCode.IsModifier)
		switch {
		case len(rest) != 1:
			return nil, fmt.Errorf("%s is not modifiers with one key", rfb.Combination(keys))
		case slices.ContainsFunc(keys, func(key rfb.KeyCode) bool { return commands[key] }) || ownKeys.MatchString(rest[0].String()):
		default:
			return nil, fmt.Errorf("%s is needed for typing", rfb.Combination(keys))
		}
	}
	return list, nil
}

// ownKeys need no modifier.
var ownKeys = regexp.MustCompile(`^(F[1-9][0-9]?|PrintScreen|Pause|ScrollLock|Menu|Mute|VolumeDown|VolumeUp|Power)$`)

// commands are the modifiers with which no text is typed.
var commands = map[rfb.KeyCode]bool{
	rfb.KeyLeftCtrl: true, rfb.KeyRightCtrl: true, rfb.KeyLeftAlt: true, rfb.KeyLeftMeta: true, rfb.KeyRightMeta: true,
}

// combinationsOf are the combinations of a list that was checked.
func combinationsOf(list string) (all [][]rfb.KeyCode) {
	for one := range strings.SplitSeq(list, ",") {
		if keys, err := rfb.ParseCombination(one); err == nil {
			all = append(all, keys)
		}
	}
	return all
}
