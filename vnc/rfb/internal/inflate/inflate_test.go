package inflate_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb/internal/inflate"
)

// A writer makes the pieces of one zlib stream.
type writer struct {
	z   *zlib.Writer
	out bytes.Buffer
}

func newWriter() *writer {
	w := &writer{}
	w.z = zlib.NewWriter(&w.out)
	return w
}

// piece compresses b and flushes.
func (w *writer) piece(t testing.TB, b []byte) []byte {
	t.Helper()
	w.out.Reset()
	if _, err := w.z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.z.Flush(); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(w.out.Bytes())
}

// inflated gives src to the stream and takes up to eat bytes at a time of what
// comes out.
func inflated(t testing.TB, s *inflate.Stream, src []byte, eat int) []byte {
	t.Helper()
	var all []byte
	for kept := 0; ; {
		out, taken, more, err := s.Inflate(src, kept)
		if err != nil {
			t.Fatal(err)
		}
		if src = src[taken:]; taken == 0 && len(out) == kept && len(src) > 0 {
			t.Fatalf("%d bytes were not taken", len(src))
		}
		n := max(min(len(out), eat), len(out)-inflate.Window)
		all, out = append(all, out[:n]...), out[n:]
		if kept = len(out); !more && len(src) == 0 {
			return append(all, out...)
		}
	}
}

// texts are pieces that repeat what earlier ones said, of all sizes.
func texts(n int) [][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	texts := make([][]byte, n)
	for i := range texts {
		texts[i] = make([]byte, random.IntN(1<<random.IntN(18)))
		for j := range texts[i] {
			if j > 8 && random.IntN(8) > 0 {
				texts[i][j] = texts[i][j-1-random.IntN(8)]
			} else {
				texts[i][j] = byte(random.Uint32())
			}
		}
		if i%3 == 2 {
			texts[i] = bytes.Clone(texts[i-1])
		}
	}
	return texts
}

func TestEachPieceIsWholeWhenItsFlushHasArrived(t *testing.T) {
	for _, eat := range []int{1, 100, 4096, 1 << 20} {
		var s inflate.Stream
		w := newWriter()
		for i, text := range texts(40) {
			if got := inflated(t, &s, w.piece(t, text), eat); !bytes.Equal(got, text) {
				t.Fatalf("taking %d: piece %d differs", eat, i)
			}
		}
		s.Close()
	}
}

func TestAPieceMayBeCutAnywhere(t *testing.T) {
	var s inflate.Stream
	defer s.Close()
	w := newWriter()
	for _, text := range texts(12) {
		var got []byte
		for _, b := range w.piece(t, text) {
			got = append(got, inflated(t, &s, []byte{b}, 64)...)
		}
		if !bytes.Equal(got, text) {
			t.Fatal("differs")
		}
	}
}

func TestResetBeginsANewStream(t *testing.T) {
	var s inflate.Stream
	defer s.Close()
	for range 3 {
		text := []byte("the same again, the same again")
		if got := inflated(t, &s, newWriter().piece(t, text), 100); !bytes.Equal(got, text) {
			t.Errorf("got %q", got)
		}
		s.Reset()
	}
}

func TestNothingIsTakenAfterTheEnd(t *testing.T) {
	var s inflate.Stream
	defer s.Close()
	w := newWriter()
	src := w.piece(t, []byte("all"))
	w.out.Reset()
	if err := w.z.Close(); err != nil {
		t.Fatal(err)
	}
	src = append(src, w.out.Bytes()...)
	if got := inflated(t, &s, src, 100); string(got) != "all" {
		t.Errorf("got %q", got)
	}
	if out, taken, more, err := s.Inflate(src, 0); len(out) != 0 || taken != 0 || more || err != nil {
		t.Errorf("after the end: %q, took %d, %t, %v", out, taken, more, err)
	}
}

func TestCorruptBytesAreAnErrorUntilReset(t *testing.T) {
	var s inflate.Stream
	defer s.Close()
	for _, src := range []string{"not zlib", "\x78\x9c\x07", "\x78\x9c\x04\x80\xff\xff\xff\xff\xff\xff\xff"} {
		if _, _, _, err := s.Inflate([]byte(src), 0); !errors.Is(err, inflate.ErrCorrupt) {
			t.Errorf("%q: got %v, want %v", src, err, inflate.ErrCorrupt)
		}
		s.Reset()
	}
	if got := inflated(t, &s, newWriter().piece(t, []byte("well")), 100); string(got) != "well" {
		t.Errorf("after Reset: %q", got)
	}
}

func TestInflatingAllocatesNothing(t *testing.T) {
	var s inflate.Stream
	defer s.Close()
	w := newWriter()
	var pieces [][]byte
	for range 102 { // AllocsPerRun warms up with one
		pieces = append(pieces, w.piece(t, []byte("again and again and again")))
	}
	next := func() {
		if out, _, _, err := s.Inflate(pieces[0], 0); len(out) != 25 || err != nil {
			t.Fatalf("%d bytes, %v", len(out), err)
		}
		pieces = pieces[1:]
	}
	next() // makes the stream
	if n := testing.AllocsPerRun(100, next); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzStream gives anything to a stream, cut in two: it stays within its bounds
// and keeps what it is told to keep.
func FuzzStream(f *testing.F) {
	w := newWriter()
	f.Add(w.piece(f, []byte("hello, hello")), uint8(3))
	f.Add(w.piece(f, bytes.Repeat([]byte("hello"), 1000)), uint8(200))
	f.Add(w.piece(f, make([]byte, 200_000)), uint8(20))
	f.Add([]byte("\x78\x9c\x03\x00\x00\x00\x00\x01"), uint8(1))
	f.Fuzz(func(t *testing.T, src []byte, cut uint8) {
		var s inflate.Stream
		defer s.Close()
		var last []byte
		first := src[:min(int(cut), len(src))]
		for _, part := range [][]byte{first, src[len(first):]} {
			for range 1000 {
				keep := min(len(last), 100*int(cut))
				kept := bytes.Clone(last[len(last)-keep:])
				out, taken, more, err := s.Inflate(part, keep)
				if err != nil {
					return
				}
				if taken > len(part) || !bytes.HasPrefix(out, kept) {
					t.Fatalf("took %d of %d, kept %d of %d", taken, len(part), len(out), keep)
				}
				if part, last = part[taken:], out; !more {
					break
				}
			}
		}
	})
}

func BenchmarkSmallPieces(b *testing.B) {
	w := newWriter()
	var pieces [][]byte
	var total int64
	for _, text := range texts(200) {
		text = text[:min(len(text), 1000)]
		total += int64(len(text))
		pieces = append(pieces, w.piece(b, text))
	}
	b.SetBytes(total)
	var s inflate.Stream
	defer s.Close()
	for b.Loop() {
		s.Reset()
		for _, p := range pieces {
			if _, _, _, err := s.Inflate(p, 0); err != nil {
				b.Fatal(err)
			}
		}
	}
}
