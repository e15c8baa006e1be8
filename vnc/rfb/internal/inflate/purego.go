//go:build !cgo || purego

package inflate

import (
	"compress/zlib"
	"errors"
	"io"
	"iter"
)

// room is how much of a stream is in memory at once.
const room = 2 * Window

// A Stream is one zlib stream. The zero value is at its beginning. It must be
// closed.
type Stream struct {
	resume func() (error, bool) // goes on decompressing until more is needed
	stop   func()
	buf    []byte // what was decompressed
	dst    []byte // what of buf's room is still to be filled
	src    []byte // what is still to be read
}

// Inflate decompresses from src until src is used up or its own memory is full,
// and returns the last keep bytes of what it returned before, at most Window,
// with what is new behind them. They are valid until the next call. taken is how
// many bytes of src were used; more says that there may be more without any
// further src. All that came before a sync flush is there when more is false.
// After the end of the stream nothing is taken. After ErrCorrupt, which takes and
// returns nothing, the stream is of no use until Reset.
func (s *Stream) Inflate(src []byte, keep int) (out []byte, taken int, more bool, err error) {
	if s.resume == nil {
		s.resume, s.stop = iter.Pull(s.decompress)
		s.buf = make([]byte, 0, room)
	}
	s.buf = s.buf[:copy(s.buf[:keep], s.buf[len(s.buf)-keep:])]
	free := s.buf[len(s.buf):room]
	s.dst, s.src = free, src
	if err, _ = s.resume(); err != nil {
		return nil, 0, false, err
	}
	s.buf = s.buf[:room-len(s.dst)]
	return s.buf, len(src) - len(s.src), len(s.dst) == 0, nil
}

// decompress runs as a coroutine of Inflate: the readers of the standard
// library cannot be told that more will come later.
func (s *Stream) decompress(pause func(error) bool) {
	source := &source{s, pause}
	z, err := zlib.NewReader(source)
	buf := make([]byte, 4096) // z waits while it holds this: s.dst is another one then
	for err == nil {
		var n int
		n, err = z.Read(buf)
		if !s.write(buf[:n], pause) {
			return
		}
	}
	if !errors.Is(err, io.EOF) {
		for pause(ErrCorrupt) {
		}
	}
}

// write hands out b, waiting for space.
func (s *Stream) write(b []byte, pause func(error) bool) bool {
	for {
		n := copy(s.dst, b)
		s.dst, b = s.dst[n:], b[n:]
		if len(b) == 0 {
			return true
		}
		if !pause(nil) {
			return false
		}
	}
}

// A source waits for the next call of Inflate when it runs dry.
type source struct {
	*Stream
	pause func(error) bool
}

func (s *source) wait() error {
	for len(s.src) == 0 {
		if !s.pause(nil) {
			return io.ErrClosedPipe
		}
	}
	return nil
}

func (s *source) Read(b []byte) (int, error) {
	if err := s.wait(); err != nil {
		return 0, err
	}
	n := copy(b, s.src)
	s.src = s.src[n:]
	return n, nil
}

func (s *source) ReadByte() (byte, error) {
	if err := s.wait(); err != nil {
		return 0, err
	}
	b := s.src[0]
	s.src = s.src[1:]
	return b, nil
}

// Reset goes back to the beginning of a new stream.
func (s *Stream) Reset() { s.Close() }

// Close frees the stream, which is then at the beginning of a new one.
func (s *Stream) Close() {
	if s.stop != nil {
		s.stop()
	}
	*s = Stream{}
}
