package vt

import (
	"fmt"
	"strings"
	"testing"
)

// A desk is a terminal and what it said.
type desk struct {
	*Terminal
	said  strings.Builder
	title string
	bells int
}

func newDesk(cols, rows, history int) *desk {
	d := &desk{}
	d.Terminal = New(cols, rows, Options{
		History: history,
		Reply:   func(b []byte) { d.said.Write(b) },
		Title:   func(s string) { d.title = s },
		Bell:    func() { d.bells++ },
	})
	return d
}

func (d *desk) write(text string) *desk {
	_, _ = d.Write([]byte(text))
	return d
}

// shown returns the screen, lines joined by a bar and blank ones at the end
// left out.
func (d *desk) shown() string {
	text := d.Lines(d.Top(), d.End())
	return strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "|")
}

func (d *desk) at() string { c := d.Cursor(); return fmt.Sprintf("%d,%d", c.Line-d.Top(), c.Col) }

func TestWhatProgramsWriteIsOnTheScreen(t *testing.T) {
	for name, c := range map[string]struct{ in, screen, cursor string }{
		"text":                    {"hello", "hello", "0,5"},
		"lines":                   {"a\r\nb\nc", "a|b| c", "2,2"},
		"wrap":                    {"0123456789ab", "0123456789|ab", "1,2"},
		"the last column waits":   {"0123456789\r\nx", "0123456789|x", "1,1"},
		"no wrap":                 {"\x1b[?7l0123456789ab", "012345678b", "0,9"},
		"scroll":                  {"1\r\n2\r\n3\r\n4\r\n5", "2|3|4|5", "3,1"},
		"backspace":               {"abc\b\bX", "aXc", "0,2"},
		"tab":                     {"a\tb", "a       b", "0,9"},
		"tab stops":               {"\x1b[3g\x1b[5G\x1bH\r\tx", "    x", "0,5"},
		"back tab":                {"\t\x1b[Zx", "x", "0,1"},
		"address":                 {"\x1b[2;3Hx", "|  x", "1,3"},
		"address without numbers": {"abc\x1b[Hx", "xbc", "0,1"},
		"far address":             {"\x1b[99;99Hx", "|||         x", "3,9"},
		"up and left":             {"\x1b[3;5H\x1b[2A\x1b[3Dx", " x", "0,2"},
		"next line":               {"\x1b[2;5H\x1b[Ex\x1b[2Fy", "y||x", "0,1"},
		"erase to the end":        {"abcdef\x1b[3D\x1b[K", "abc", "0,3"},
		"erase to here":           {"abcdef\x1b[3D\x1b[1K", "    ef", "0,3"},
		"erase characters":        {"abcdef\x1b[1;2H\x1b[2X", "a  def", "0,1"},
		"erase below":             {"a\r\nb\r\nc\x1b[2;1H\x1b[J", "a", "1,0"},
		"erase above":             {"a\r\nb\r\nc\x1b[2;1H\x1b[1J", "||c", "1,0"},
		"insert characters":       {"abc\x1b[2G\x1b[2@", "a  bc", "0,1"},
		"delete characters":       {"abcdef\x1b[2G\x1b[2P", "adef", "0,1"},
		"insert mode":             {"abc\x1b[2G\x1b[4hXY", "aXYbc", "0,3"},
		"insert lines":            {"a\r\nb\r\nc\x1b[2H\x1b[L", "a||b|c", "1,0"},
		"delete lines":            {"a\r\nb\r\nc\x1b[1H\x1b[M", "b|c", "0,0"},
		"repeat":                  {"ab\x1b[3b", "abbbb", "0,5"},
		"scroll region":           {"1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\nx", "1|3|x|4", "2,1"},
		"reverse index":           {"1\r\n2\x1b[H\x1bMx", "x|1|2", "0,1"},
		"scroll down and up":      {"1\r\n2\r\n3\x1b[T\x1b[2S", "2|3", "2,1"},
		"origin":                  {"\x1b[2;3r\x1b[?6h\x1b[Hx\x1b[9;1Hy", "|x|y", "2,1"},
		"save and restore":        {"ab\x1b7\x1b[3;3H\x1b8c", "abc", "0,3"},
		"alignment":               {"\x1b#8", "EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE", "0,0"},
		"line drawing":            {"\x1b(0lqk\x1b(Bl", "┌─┐l", "0,4"},
		"shift out":               {"\x1b)0\x0eq\x0fq", "─q", "0,2"},
		"single shift":            {"\x1b*0\x1bNqq", "─q", "0,2"},
		"british":                 {"\x1b(A#", "£", "0,1"},
		"utf-8":                   {"äöü€𝄞", "äöü€𝄞", "0,5"},
		"not utf-8":               {"a\xffb\xc3(", "a\uFFFDb\uFFFD(", "0,5"},
		"wide":                    {"日本", "日本", "0,4"},
		"wide at the edge":        {"123456789日", "123456789|日", "1,2"},
		"half of a wide one":      {"日\x1b[2Gx", " x", "0,2"},
		"the other half":          {"日\x1b[1Gx", "x", "0,1"},
		"combining":               {"e\u0301x", "e\u0301x", "0,2"},
		"combining at the edge":   {"012345678e\u0301", "012345678e\u0301", "0,9"},
		"combining a wide one":    {"か\u3099", "か\u3099", "0,2"},
		"alternate":               {"main\x1b[?1049hother\x1b[?1049lx", "mainx", "0,5"},
		"alternate is clear":      {"main\x1b[?1049h", "", "0,4"},
		"reset":                   {"abc\x1b[31m\x1bcx", "x", "0,1"},
		"strings are not text":    {"a\x1b_hidden\x1b\\b\x1bPq123\x1b\\c\x1b^x\x1b\\", "abc", "0,3"},
		"cancelled":               {"a\x1b[12\x18b\x1b]0;x\x1ac", "abc", "0,3"},
		"control in a sequence":   {"ab\x1b[\b2Cx", "ab x", "0,4"},
		"colons and nonsense":     {"\x1b[38:2::1:2:3ma\x1b[1;2;3;4;5;6$zb\x1b[<u", "ab", "0,2"},
		"eight bits":              {"abc\u009b2Gx", "axc", "0,2"},
		"vt52":                    {"\x1b[?2l\x1bY\"#x\x1bAy\x1b<\x1b[Hz", "z|    y|   x", "0,1"},
		"double width":            {"\x1b#60123456789", "01234|56789", "1,5"},
		"reverse wrap":            {"\x1b[?45h0123456789a\b\b\bX", "01234567X9|a", "0,9"},
		"selective erase":         {"a\x1b[1\"qb\x1b[\"qc\x1b[?2K", " b", "0,3"},
		"new line mode":           {"\x1b[20ha\nb", "a|b", "1,1"},
	} {
		d := newDesk(10, 4, 0).write(c.in)
		if got := d.shown(); got != c.screen {
			t.Errorf("%s: %q shows %q, want %q", name, c.in, got, c.screen)
		}
		if got := d.at(); got != c.cursor {
			t.Errorf("%s: the cursor is at %s, want %s", name, got, c.cursor)
		}
		split := newDesk(10, 4, 0)
		for i := range len(c.in) {
			split.write(c.in[i : i+1])
		}
		if got := split.shown(); got != c.screen {
			t.Errorf("%s: byte by byte it shows %q, want %q", name, got, c.screen)
		}
	}
}

func TestColoursAndAttributesStandInTheCells(t *testing.T) {
	for in, want := range map[string]Cell{
		"\x1b[31mx":                    {FG: Indexed(1)},
		"\x1b[97;104mx":                {FG: Indexed(15), BG: Indexed(12)},
		"\x1b[38;5;208mx":              {FG: Indexed(208)},
		"\x1b[48;2;1;2;3mx":            {BG: RGB(1, 2, 3)},
		"\x1b[38:2:1:2:3mx":            {FG: RGB(1, 2, 3)},
		"\x1b[38:2::1:2:3mx":           {FG: RGB(1, 2, 3)},
		"\x1b[38:5:9;1mx":              {FG: Indexed(9), Attr: Bold},
		"\x1b[58;5;9;3mx":              {Attr: Italic},
		"\x1b[1;2;3;4;5;7;8;9;53mx":    {Attr: Bold | Faint | Italic | Underline | Blink | Reverse | Conceal | Strike | Overline},
		"\x1b[1;3;4;7;9;22;23;24;27mx": {Attr: Strike},
		"\x1b[4:3mx":                   {Attr: Underline},
		"\x1b[4m\x1b[4:0mx":            {},
		"\x1b[21mx":                    {Attr: DoubleUnderline},
		"\x1b[31;1m\x1b[mx":            {},
		"\x1b[31;42m\x1b[39;49mx":      {},
	} {
		d := newDesk(10, 2, 0).write(in)
		got := d.Row(d.Top()).Cells[0]
		want.Rune = 'x'
		if got != want {
			t.Errorf("%q is %+v, want %+v", in, got, want)
		}
	}
	d := newDesk(10, 2, 0).write("\x1b[44m\x1b[K")
	if got := d.Row(d.Top()).Cells[5]; got.BG != Indexed(4) {
		t.Errorf("erasing has not the colour in use: %+v", got)
	}
	p := DefaultPalette()
	d.write("\x1b]4;1;rgb:ff/80/00\x1b\\\x1b]11;#102030\x07")
	if fg, bg := d.Colors(Cell{FG: Indexed(1)}); fg != RGB(0xff, 0x80, 0) || bg != RGB(0x10, 0x20, 0x30) {
		t.Errorf("the colours are %x %x", fg, bg)
	}
	d.write("\x1b]104\x07\x1b]111\x07")
	if fg, bg := d.Colors(Cell{FG: Indexed(1), Attr: Reverse}); bg != p.Colors[1] || fg != p.Background {
		t.Errorf("after going back they are %x %x", fg, bg)
	}
}

func TestQuestionsAreAnswered(t *testing.T) {
	for in, want := range map[string]string{
		"\x1b[c":                          "\x1b[?62;6;22c",
		"\x1b[>c":                         "\x1b[>1;0;0c",
		"\x1b[5n":                         "\x1b[0n",
		"ab\x1b[6n":                       "\x1b[1;3R",
		"\x1b[999;999H\x1b[6n":            "\x1b[4;10R",
		"\x1b[2;3r\x1b[?6h\x1b[2H\x1b[6n": "\x1b[2;1R",
		"\x1b[18t":                        "\x1b[8;4;10t",
		"\x1b[21t\x1b]52;c;?\x07":         "", // nobody learns the title or the clipboard
		"\x1b[?2004$p":                    "\x1b[?2004;2$y",
		"\x1b[?2004h\x1b[?2004$p":         "\x1b[?2004;1$y",
		"\x1b[?4242$p":                    "\x1b[?4242;0$y",
		"\x1b[1;31m\x1bP$qm\x1b\\":        "\x1bP1$r0;1;31m\x1b\\",
		"\x1bP$qz\x1b\\":                  "\x1bP0$r\x1b\\",
		"\x1b]11;?\x1b\\":                 "\x1b]11;rgb:0000/0000/0000\x1b\\",
		"\x1b[?2l\x1bZ":                   "\x1b/Z",
	} {
		d := newDesk(10, 4, 0).write(in)
		if got := d.said.String(); got != want {
			t.Errorf("%q is answered with %q, want %q", in, got, want)
		}
	}
}

func TestTitleAndBellAreToldAndNothingElseLeaves(t *testing.T) {
	d := newDesk(10, 2, 0).write("\x1b]0;a\x1b[1mb\x07\x1b]2;hé\x01llo \xff\x07\a\x1b[22t\x1b]2;other\x1b\\\x1b[23t")
	if d.title != "héllo " || d.Title() != d.title || d.bells != 2 { // the first one ends the text after a title that was cut short
		t.Errorf("title %q, %d bells", d.title, d.bells)
	}
	d.write("\x1b]2;" + strings.Repeat("x", 2*maxString) + "\x07y")
	if d.title != "héllo " || d.shown() != "by" {
		t.Errorf("a title without end: %q, on the screen %q", d.title, d.shown())
	}
}

func TestLinesThatLeaveAreKeptAndKeepTheirNumbers(t *testing.T) {
	d := newDesk(10, 3, 5)
	for i := range 20 {
		d.write(fmt.Sprintf("%d\r\n", i))
	}
	if d.First() != 13 || d.Top() != 18 || d.End() != 21 {
		t.Fatalf("lines from %d, screen from %d to %d", d.First(), d.Top(), d.End())
	}
	for n := d.First(); n < 20; n++ {
		if got := strings.TrimSpace(d.Lines(n, n+1)); got != fmt.Sprint(n) {
			t.Errorf("line %d is %q", n, got)
		}
	}
	d.write("\x1b[2;3r\x1b[3;1H\n\n\n") // a region that does not begin at the top
	if d.Top() != 18 {
		t.Error("a region in the middle went to the history")
	}
	d.write("\x1b[r\x1b[?1049h\n\n\n\n\n\n")
	if d.Top() != 18 {
		t.Error("the alternate screen went to the history")
	}
	d.write("\x1b[?1049l\x1b[3J")
	if d.First() != d.Top() {
		t.Error("the history is not erased")
	}
}

func TestStampsTellWhatChanged(t *testing.T) {
	d := newDesk(10, 3, 5).write("a\r\nb\r\nc")
	stamps := func() (s [3]Stamp) {
		for y := range s {
			s[y] = d.Row(d.Top() + y).Stamp
		}
		return s
	}
	before := stamps()
	d.write("\x1b[2Hx")
	after := stamps()
	if before[0] != after[0] || before[1] == after[1] || before[2] != after[2] {
		t.Errorf("a character in line 1: %v, then %v", before, after)
	}
	d.write("\x1b[3H\n")
	if scrolled := stamps(); scrolled[0] != after[1] || scrolled[1] != after[2] || d.Row(d.Top()-1).Stamp != after[0] {
		t.Errorf("scrolled: %v, then %v", after, scrolled)
	}
}

func TestANewWidthBreaksLinesAnew(t *testing.T) {
	d := newDesk(10, 4, 100).write("one\r\n0123456789abcdefghij\x1b[1mXY\x1b[m\r\nend$ ")
	d.Resize(8, 4)
	if got := strings.TrimSpace(d.Lines(d.First(), d.End())); got != "one\n01234567\n89abcdef\nghijXY\nend$" {
		t.Errorf("in 8 columns:\n%s", got)
	}
	if got := d.at(); got != "3,5" {
		t.Errorf("the cursor is at %s", got)
	}
	d.Resize(30, 4)
	if got := d.shown(); got != "one|0123456789abcdefghijXY|end$" || d.at() != "2,5" {
		t.Errorf("in 30 columns %q, cursor %s", got, d.at())
	}
	if c := d.Row(d.Top() + 1).Cells[20]; c.Attr != Bold {
		t.Errorf("the X is %+v", c)
	}
	d.Resize(10, 2)
	d.Resize(10, 6)
	if got := d.shown(); got != "one|0123456789|abcdefghij|XY|end$" || d.at() != "4,5" {
		t.Errorf("lower and higher again %q, cursor %s", got, d.at())
	}
	d.write("\x1b[?1049halternate\x1b[6;1Hlast")
	d.Resize(5, 3)
	if got := d.shown(); got != "||last" {
		t.Errorf("the alternate screen is %q", got)
	}
	d.write("\x1b[?1049l!")
	if got := d.shown(); got != "XY|end$|!" {
		t.Errorf("the main screen is %q", got)
	}
}

func TestWideCharactersAreNotTornByANewWidth(t *testing.T) {
	d := newDesk(6, 3, 100).write("日本語文字")
	for _, cols := range []int{5, 3, 2, 7, 1, 20} {
		d.Resize(cols, 3)
		for n := d.First(); n < d.End(); n++ {
			cells := d.Row(n).Cells
			for x, c := range cells {
				if c.Kind == Wide && (x+1 == len(cells) || cells[x+1].Kind != Spacer) {
					t.Fatalf("in %d columns line %d is torn at %d", cols, n, x)
				}
			}
		}
		if cols == 7 {
			if got := strings.TrimSpace(d.Lines(d.First(), d.End())); got != "日本語\n文字" {
				t.Errorf("in 7 columns %q", got)
			}
		}
	}
}

func TestSelectedTextIsWhatAPersonWouldCopy(t *testing.T) {
	d := newDesk(10, 6, 10).write("see /usr/lib/x-1 now\r\nsecond\r\n日本 z")
	top := d.Top()
	for _, c := range []struct {
		how          SelectMode
		anchor, head Point
		want         string
	}{
		{ByCharacter, Point{top, 4}, Point{top, 8}, "/usr"},
		{ByCharacter, Point{top, 8}, Point{top, 4}, "/usr"},
		{ByCharacter, Point{top, 4}, Point{top + 2, 3}, "/usr/lib/x-1 now\nsec"},
		{ByWord, Point{top, 6}, Point{top, 6}, "/usr/lib/x-1"},
		{ByWord, Point{top + 1, 8}, Point{top, 6}, "/usr/lib/x-1 now"},
		{ByLine, Point{top + 1, 2}, Point{top + 1, 2}, "see /usr/lib/x-1 now"},
		{ByLine, Point{top + 2, 2}, Point{top + 3, 2}, "second\n日本 z"},
		{ByBlock, Point{top, 1}, Point{top + 2, 4}, "ee\nb/x\neco"},
		{ByCharacter, Point{top + 3, 1}, Point{top + 3, 3}, "日本"},
		{ByCharacter, Point{top, 2}, Point{top, 2}, ""},
		{ByCharacter, Point{-5, 2}, Point{top + 99, 2}, "see /usr/lib/x-1 now\nsecond\n日本 z\n\n"},
	} {
		d.Select(c.how, c.anchor, c.head)
		if got := d.SelectedText(); got != c.want {
			t.Errorf("%v from %v to %v: %q, want %q", c.how, c.anchor, c.head, got, c.want)
		}
	}
	d.Select(ByLine, Point{top + 2, 0}, Point{top + 2, 0})
	d.write("\x1b[1;1Hx")
	if !d.HasSelection() {
		t.Error("a change elsewhere ended the selection")
	}
	d.write("\x1b[3;1Hx")
	if d.HasSelection() {
		t.Error("the changed line is still selected")
	}
}

func TestFindingGoesOverTheEndsOfLines(t *testing.T) {
	d := newDesk(10, 3, 100)
	for i := range 50 {
		d.write(fmt.Sprintf("line %d has Needles\r\n", i))
	}
	found := d.Find("NEEDLES", 1000)
	if len(found) != 0 {
		t.Errorf("capitals count: %d", len(found))
	}
	found = d.Find("needles", 1000)
	if len(found) != 50 {
		t.Fatalf("found %d", len(found))
	}
	if m := found[3]; m.To.Line != m.From.Line && m.To.Line != m.From.Line+1 {
		t.Errorf("found at %+v", m)
	}
	m := d.Find("49 has n", 10)
	if len(m) != 1 || m[0].To.Line != m[0].From.Line+1 {
		t.Errorf("over the end of a line: %+v", m)
	}
	if got := d.Find("e", 7); len(got) != 7 {
		t.Errorf("no more than 7 were wished for, got %d", len(got))
	}
}

func TestTheCursorHasItsShape(t *testing.T) {
	d := newDesk(10, 4, 0).write("\x1b[4 q")
	if c := d.Cursor(); c.Shape != UnderlineCursor || c.Blinks || !c.Visible {
		t.Errorf("got %+v", c)
	}
	d.write("\x1b[5 q\x1b[?25l")
	if c := d.Cursor(); c.Shape != BarCursor || !c.Blinks || c.Visible {
		t.Errorf("got %+v", c)
	}
}
