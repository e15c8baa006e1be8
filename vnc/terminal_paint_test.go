package vnc

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/theme"

	"github.com/kvmmanager/kvm-manager/vnc/vt"
)

// sampler writes what a terminal can show: colours, attributes, lines, sizes.
func sampler() string {
	var b strings.Builder
	for i := range 16 {
		fmt.Fprintf(&b, "\x1b[48;5;%dm  ", i)
	}
	b.WriteString("\x1b[m\r\n")
	for i := range 60 {
		fmt.Fprintf(&b, "\x1b[48;2;%d;%d;120m ", i*4, 255-i*4)
	}
	b.WriteString("\x1b[m\r\n\x1b[1mbold\x1b[m \x1b[2mfaint\x1b[m \x1b[3mitalic\x1b[m \x1b[4munder\x1b[m \x1b[21mtwice\x1b[m " +
		"\x1b[7mreverse\x1b[m \x1b[9mstrike\x1b[m \x1b[53mover\x1b[m \x1b[1;3;31mall\x1b[m\r\n" +
		"┌─┬─┐ ╔═╦═╗ ╒═╤═╕ ╓─╥─╖ ┏━┳━┓ ╭─╮ ▁▂▃▄▅▆▇█ ▏▎▍▌▋▊▉ ░▒▓\r\n" +
		"├─┼─┤ ╠═╬═╣ ╞═╪═╡ ╟─╫─╢ ┣━╋━┫ │ │ ┄┄┄┅┅┅┈┈┈╌╌╌ ╎┆┊ ╼━╾ ╽╿\r\n" +
		"└─┴─┘ ╚═╩═╝ ╘═╧═╛ ╙─╨─╜ ┗━┻━┛ ╰─╯ é e\u0301 Ω Ж ▖▗▘▙▚▛▜▝▞▟ ╴╵╶╷\r\n" +
		"\x1b#3Double height\r\n\x1b#4Double height\r\n\x1b#6Double width\r\nfind this, mark this \x1b[5 q")
	return b.String()
}

// painted returns a terminal of 60 columns and 12 rows as pixels.
func painted(t testing.TB, text string, size float64) (*Terminal, *terminalPicture) {
	t.Helper()
	font, err := newTerminalFont(theme.DefaultTextMonospaceFont(), size)
	if err != nil {
		t.Fatal(err)
	}
	terminal := NewTerminal("", nil)
	p := &terminalPicture{font: font, pad: 6}
	p.paint(terminal, 12+60*font.cell.X, 12+12*font.cell.Y)
	_, _ = terminal.term.Write([]byte(text))
	return terminal, p
}

// TestATerminalIsDrawnAsItWasApproved compares with pictures that were looked at.
// UPDATE_GOLDEN=1 draws them anew.
func TestATerminalIsDrawnAsItWasApproved(t *testing.T) {
	for _, size := range []float64{13, 20} {
		terminal, p := painted(t, sampler(), size)
		terminal.search.text = "this"
		terminal.searchAgain()
		terminal.status.State, terminal.focused = Connected, true
		top := terminal.term.Top()
		terminal.term.Select(vt.ByWord, vt.Point{Line: top + 9, Col: 12}, vt.Point{Line: top + 9, Col: 12})
		p.paint(terminal, p.image.Rect.Dx(), p.image.Rect.Dy())
		compare(t, fmt.Sprintf("terminal-%.0f.png", size), p.image)
	}
}

func compare(t *testing.T, name string, got *image.RGBA) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		var b bytes.Buffer
		if err := png.Encode(&b, got); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	want, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if want.Bounds() != got.Rect {
		t.Fatalf("%s: the picture has %v, want %v", name, got.Rect, want.Bounds())
	}
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			r, g, b, _ := want.At(x, y).RGBA()
			if c := got.RGBAAt(x, y); c.R != uint8(r>>8) || c.G != uint8(g>>8) || c.B != uint8(b>>8) {
				t.Fatalf("%s: at %d,%d it is %v, want %v", name, x, y, c, want.At(x, y))
			}
		}
	}
}

func TestPaintingWhatChangedIsPaintingEverything(t *testing.T) {
	terminal, p := painted(t, sampler(), 13)
	text := []byte(sampler() + "\x1b[2J\x1b[5;5Hxyz\x1b[3;4r\n\n\n\x1b[r\x1b[?5h日本\x1b[1;1H\x1b[4 q\x1b[?1049h" + sampler())
	for len(text) > 0 {
		n := min(len(text), 97)
		_, _ = terminal.term.Write(text[:n])
		text = text[n:]
		p.paint(terminal, p.image.Rect.Dx(), p.image.Rect.Dy())
		whole := &terminalPicture{font: p.font, pad: p.pad}
		whole.paint(terminal, p.image.Rect.Dx(), p.image.Rect.Dy())
		if !bytes.Equal(whole.image.Pix, p.image.Pix) {
			t.Fatalf("with %d bytes left the picture is another", len(text))
		}
	}
}

func TestEveryLineCharacterMeetsItsNeighbours(t *testing.T) {
	for _, size := range []float64{13, 14.3, 20, 26} {
		_, p := painted(t, "", size)
		cell := image.Rectangle{Max: p.font.cell}
		for r := rune(lineFirst); r <= lineLast; r++ {
			arms, ok := armsOf(r)
			if !ok {
				continue
			}
			picture := image.NewRGBA(cell)
			drawLine(picture, r, cell, p.font.line, pixel{255, 255, 255})
			lit := func(x, y int) bool { return picture.RGBAAt(x, y).R > 100 }
			var edges [4]bool
			for x := range cell.Dx() {
				edges[armUp] = edges[armUp] || lit(x, 0)
				edges[armDown] = edges[armDown] || lit(x, cell.Dy()-1)
			}
			for y := range cell.Dy() {
				edges[armLeft] = edges[armLeft] || lit(0, y)
				edges[armRight] = edges[armRight] || lit(cell.Dx()-1, y)
			}
			for arm, weight := range arms {
				if edges[arm] != (weight > 0) {
					t.Errorf("%c at %v: the arm %d of weight %d reaches the edge: %v", r, size, arm, weight, edges[arm])
				}
			}
		}
	}
}

func BenchmarkTerminalPaint(b *testing.B) {
	terminal, p := painted(b, sampler(), 13)
	w, h := 12+200*p.font.cell.X, 12+50*p.font.cell.Y
	p.paint(terminal, w, h)
	for y := range 50 {
		_, _ = fmt.Fprintf(writer{terminal.term}, "\x1b[%d;1H\x1b[3%dm%s", y+1, y%8, strings.Repeat("The quick brown fox ", 10))
	}
	b.Run("all of 200x50", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			clear(p.rows)
			p.paint(terminal, w, h)
		}
	})
	b.Run("one line", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = terminal.term.Write([]byte("\x1b[7;1Hx"))
			p.paint(terminal, w, h)
		}
	})
}

type writer struct{ *vt.Terminal }
