package vt

import "testing"

func TestKeysWriteWhatXtermsWrite(t *testing.T) {
	for _, c := range []struct {
		modes string
		key   Key
		mods  Mods
		want  string
	}{
		{"", KeyUp, 0, "\x1b[A"},
		{"\x1b[?1h", KeyUp, 0, "\x1bOA"},
		{"\x1b[?1h", KeyUp, Ctrl, "\x1b[1;5A"},
		{"", KeyHome, Shift, "\x1b[1;2H"},
		{"", KeyF1, 0, "\x1bOP"},
		{"", KeyF1, Alt | Shift, "\x1b[1;4P"},
		{"", KeyF1 + 4, 0, "\x1b[15~"},
		{"", KeyF1 + 11, Ctrl, "\x1b[24;5~"},
		{"", KeyDelete, 0, "\x1b[3~"},
		{"", KeyEnter, 0, "\r"},
		{"\x1b[20h", KeyEnter, 0, "\r\n"},
		{"\x1b=", KeyKeypadEnter, 0, "\x1bOM"},
		{"", KeyBackspace, 0, "\x7f"},
		{"", KeyBackspace, Alt, "\x1b\x7f"},
		{"", KeyTab, Shift, "\x1b[Z"},
		{"\x1b[?2l", KeyUp, 0, "\x1bA"},
		{"", 200, 0, ""},
	} {
		if got := newDesk(10, 4, 0).write(c.modes).Key(c.key, c.mods); string(got) != c.want {
			t.Errorf("%q: key %d with %d writes %q, want %q", c.modes, c.key, c.mods, got, c.want)
		}
	}
	d := newDesk(10, 4, 0)
	for want, got := range map[string][]byte{
		"\x03": d.Char('c', Ctrl), "\x1bx": d.Char('x', Alt), "\x00": d.Char(' ', Ctrl), "\x1c": d.Char('\\', Ctrl),
		"\x1b\x01": d.Char('a', Ctrl|Alt), "é": d.Char('é', 0), "\x1f": d.Char('/', Ctrl), "\x1d": d.Char(']', Ctrl), ";": d.Char(';', Ctrl),
	} {
		if string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := string(d.Paste("a\r\nb\n\x1b[201~\tc")); got != "a\rb\r[201~\tc" {
		t.Errorf("pasted as %q", got)
	}
	if got := string(d.write("\x1b[?2004h").Paste("x\n")); got != "\x1b[200~x\r\x1b[201~" {
		t.Errorf("pasted in brackets as %q", got)
	}
}

func TestTheMouseIsToldToThoseWhoAsk(t *testing.T) {
	for _, c := range []struct {
		modes  string
		what   MouseAction
		button Button
		mods   Mods
		want   string
	}{
		{"", Press, LeftButton, 0, ""},
		{"\x1b[?1000h", Press, LeftButton, 0, "\x1b[M #\""},
		{"\x1b[?1000h", Release, LeftButton, 0, "\x1b[M##\""},
		{"\x1b[?1000h", Move, LeftButton, 0, ""},
		{"\x1b[?1002;1006h", Press, RightButton, Ctrl, "\x1b[<18;3;2M"},
		{"\x1b[?1002;1006h", Release, RightButton, 0, "\x1b[<2;3;2m"},
		{"\x1b[?1002;1006h", Move, LeftButton, 0, "\x1b[<32;3;2M"},
		{"\x1b[?1002;1006h", Move, NoButton, 0, ""},
		{"\x1b[?1003;1006h", Move, NoButton, 0, "\x1b[<35;3;2M"},
		{"\x1b[?1003;1006h\x1b[?1003l", Press, LeftButton, 0, ""},
		{"\x1b[?9h", Release, LeftButton, 0, ""},
		{"\x1b[?1000;1006h", Press, WheelUp, 0, "\x1b[<64;3;2M"},
	} {
		if got := newDesk(10, 4, 0).write(c.modes).Mouse(c.what, c.button, 2, 1, c.mods); string(got) != c.want {
			t.Errorf("%q %d %d: %q, want %q", c.modes, c.what, c.button, got, c.want)
		}
	}
	if got := newDesk(10, 4, 0).Wheel(true, 3, 0, 0, 0); got != nil {
		t.Errorf("the wheel is the history's: %q", got)
	}
	if got := string(newDesk(10, 4, 0).write("\x1b[?1049h").Wheel(true, 2, 0, 0, 0)); got != "\x1b[A\x1b[A" {
		t.Errorf("on the alternate screen the wheel is %q", got)
	}
}
