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

// inflated gives src to the stream, and room bytes of space at a time.
func inflated(t testing.TB, s *inflate.Stream, src []byte, room int) []byte {
	t.Helper()
	var all []byte
	dst := make([]byte, room)
	for {
		written, taken, err := s.Inflate(dst, src)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, dst[:written]...)
		src = src[taken:]
		if written < room {
			if len(src) > 0 {
				t.Fatalf("%d bytes were not taken", len(src))
			}
			return all
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
	for _, room := range []int{1, 100, 4096, 1 << 20} {
		var s inflate.Stream
		w := newWriter()
		for i, text := range texts(40) {
			if got := inflated(t, &s, w.piece(t, text), room); !bytes.Equal(got, text) {
				t.Fatalf("room for %d: piece %d differs", room, i)
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
	if written, taken, err := s.Inflate(make([]byte, 9), src); written != 0 || taken != 0 || err != nil {
		t.Errorf("after the end: wrote %d, took %d, %v", written, taken, err)
	}
}

func TestCorruptBytesAreAnErrorUntilReset(t *testing.T) {
	var s inflate.Stream
	defer s.Close()
	dst := make([]byte, 100)
	for _, src := range []string{"not zlib", "\x78\x9c\x07", "\x78\x9c\x04\x80\xff\xff\xff\xff\xff\xff\xff"} {
		if _, _, err := s.Inflate(dst, []byte(src)); !errors.Is(err, inflate.ErrCorrupt) {
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
	dst := make([]byte, 100)
	next := func() {
		if n, _, err := s.Inflate(dst, pieces[0]); n != 25 || err != nil {
			t.Fatalf("%d bytes, %v", n, err)
		}
		pieces = pieces[1:]
	}
	next() // makes the stream
	if n := testing.AllocsPerRun(100, next); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzStream gives anything to a stream: it stays within its bounds.
func FuzzStream(f *testing.F) {
	w := newWriter()
	f.Add(w.piece(f, []byte("hello, hello")), uint8(3))
	f.Add(w.piece(f, bytes.Repeat([]byte("hello"), 1000)), uint8(200))
	f.Add([]byte("\x78\x9c\x03\x00\x00\x00\x00\x01"), uint8(1))
	f.Fuzz(func(t *testing.T, src []byte, room uint8) {
		var s inflate.Stream
		defer s.Close()
		space := bytes.Repeat([]byte{0xa5}, int(room)+16)
		for range 1000 {
			written, taken, err := s.Inflate(space[:room], src)
			if written > int(room) || taken > len(src) {
				t.Fatalf("wrote %d of %d, took %d of %d", written, room, taken, len(src))
			}
			for _, b := range space[room:] {
				if b != 0xa5 {
					t.Fatal("wrote beyond its space")
				}
			}
			src = src[taken:]
			if err != nil || written < int(room) || room == 0 {
				return
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
	dst := make([]byte, 4096)
	var s inflate.Stream
	defer s.Close()
	for b.Loop() {
		s.Reset()
		for _, p := range pieces {
			if _, _, err := s.Inflate(dst, p); err != nil {
				b.Fatal(err)
			}
		}
	}
}
