package kit

import "github.com/kvmmanager/kvm-manager/ui/theme"

// ProgressCell is a bar filled to share (0 to 1) with words beside it, in the
// accent colour however full it is: work that goes on.
func ProgressCell(share float64, text string) Cell {
	return Cell{kind: barCell, style: SmallMediumText, token: theme.Accent, text: text, share: max(0, min(1, share))}
}
