package vt

import (
	"strings"
	"testing"
)

// seeds are beginnings for the fuzzer; what it found is in testdata.
var seeds = []string{
	"hello\r\n\x1b[1;31mred\x1b[m\x1b[2J\x1b[H", "日本\x1b[2G\x1b[P\x1b[@e\u0301\x1b[5b", "\x1b[2;3r\x1b[?6h\x1bM\x1bD\x1b[9L\x1b[9M",
	"\x1b[?1049h\x1b#3\x1b#6日\x1b#8\x1b[?1049l", "\x1b]4;1;rgb:f/f/f;2;?\x07\x1bP$qm\x1b\\", "\x1b[?2l\x1bY  \x1b<", "\x1b[?45;7h\b\b\b\x1b[?3l\x1bc",
	"\x1b[38:2::1:2:3:4;48;5m\x1b[4:3m", strings.Repeat("0123456789", 9) + "\x1b[3J",
}

// FuzzTerminal writes anything to a terminal, gives it other sizes meanwhile and
// does with it what a window does.
func FuzzTerminal(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s), uint16(0x0a04), uint16(0x0503))
	}
	f.Fuzz(func(t *testing.T, in []byte, size, next uint16) {
		d := newDesk(int(size>>8), int(size&0x3f), 50)
		d.write(string(in[:len(in)/2]))
		d.Resize(int(next>>8), int(next&0x3f))
		d.write(string(in[len(in)/2:]))
		check(t, d)
		d.Resize(int(size>>8), int(size&0x3f))
		check(t, d)
	})
}

// check uses all that is kept and holds it against what must always be true.
func check(t *testing.T, d *desk) {
	t.Helper()
	cols, rows := d.Size()
	c := d.Cursor()
	if c.Line < d.Top() || c.Line >= d.End() || c.Col < 0 || c.Col >= cols || d.End()-d.Top() != rows {
		t.Fatalf("the cursor is at %+v of %dx%d", c, cols, rows)
	}
	stamps := map[Stamp]bool{}
	for n := d.First(); n < d.End(); n++ {
		row := d.Row(n)
		if stamps[row.Stamp] {
			t.Fatalf("line %d has the stamp of another", n)
		}
		stamps[row.Stamp] = true
		if n >= d.Top() && len(row.Cells) != cols || len(row.Cells) > cols {
			t.Fatalf("line %d has %d cells of %d", n, len(row.Cells), cols)
		}
		for x, cell := range row.Cells {
			d.Colors(cell)
			if cell.Kind == Spacer && (x == 0 || row.Cells[x-1].Kind != Wide) {
				t.Fatalf("line %d: half a character at %d", n, x)
			}
			if n >= d.Top() && cell.Kind == Wide && (x+1 == cols || row.Cells[x+1].Kind != Spacer) {
				t.Fatalf("line %d: the first half of a character at %d", n, x)
			}
		}
	}
	d.SelectAll()
	d.SelectedText()
	d.Find("a", 10)
	for _, how := range []SelectMode{ByWord, ByLine, ByBlock} {
		d.Select(how, Point{d.First(), cols}, Point{d.End(), 0})
		d.SelectedText()
	}
}
