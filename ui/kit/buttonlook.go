package kit

import "github.com/kvmmanager/kvm-manager/ui/theme"

type buttonKind int

const (
	primary buttonKind = iota
	secondary
	quiet
	quietMuted // icons in tool bars and rows
	danger
	dangerQuiet
	link
)

// buttonLook is the colours of a button in one state.
type buttonLook struct{ back, edge, words, tail theme.Token }

// look chooses by kind, and by what the pointer and the program do with it.
func (b *Button) look() buttonLook {
	if b.disabled {
		return b.kind.disabled()
	}
	l := b.kind.normal()
	switch {
	case b.blocked:
	case b.held:
		l = b.kind.held(l)
	case b.hovered:
		l = b.kind.hovered(l)
	}
	return l
}

func (k buttonKind) normal() buttonLook {
	switch k {
	case primary:
		return buttonLook{theme.Fill, theme.None, theme.OnFill, theme.OnFill}
	case danger:
		return buttonLook{theme.ErrFill, theme.None, theme.OnFill, theme.OnFill}
	case secondary:
		return buttonLook{theme.Button, theme.ButtonEdge, theme.Text, theme.Muted}
	case quietMuted:
		return buttonLook{theme.None, theme.None, theme.Muted, theme.Muted}
	case dangerQuiet:
		return buttonLook{theme.None, theme.None, theme.Err, theme.Err}
	case link:
		return buttonLook{theme.None, theme.None, theme.Accent, theme.Accent}
	}
	return buttonLook{theme.None, theme.None, theme.Text, theme.Muted}
}

func (k buttonKind) hovered(l buttonLook) buttonLook {
	switch k {
	case primary:
		l.back = theme.FillHover
	case danger:
		l.back = theme.ErrHover
	case secondary:
		l.back, l.edge = theme.Pressed, theme.HoverEdge
	case quietMuted:
		l.back, l.words = theme.QuietHover, theme.Text
	case link:
		l.words = theme.Text
	default:
		l.back = theme.QuietHover
	}
	return l
}

func (k buttonKind) held(l buttonLook) buttonLook {
	switch k {
	case primary:
		l.back = theme.FillPressed
	case danger:
		l.back = theme.ErrPressed
	case secondary:
		l.back, l.edge = theme.ControlDown, theme.HoverEdge
	case link:
		l.words = theme.Text
	default:
		l.back = theme.Pressed
	}
	return l
}

func (k buttonKind) disabled() buttonLook {
	switch k {
	case primary, danger:
		return buttonLook{theme.Pressed, theme.None, theme.Disabled, theme.DisabledMuted}
	case secondary:
		return buttonLook{theme.Button, theme.ButtonEdge, theme.Disabled, theme.DisabledMuted}
	case quietMuted:
		return buttonLook{theme.None, theme.None, theme.DisabledMuted, theme.DisabledMuted}
	}
	return buttonLook{theme.None, theme.None, theme.Disabled, theme.DisabledMuted}
}
