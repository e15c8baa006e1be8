package rfb

import "github.com/kvmmanager/kvm-manager/vnc/rfb/internal/inflate"

// Bounds of what is decompressed at once. The widest row, 16384 pixels of four
// bytes, fits twice; what comes next stays in the processor's cache.
const (
	inflateRoom  = 128 << 10
	inflateChunk = 32 << 10
)

// A source is what pixels are read from: the connection itself, or the zlib
// data in it.
type source interface {
	// peek returns the next n bytes without taking them, nil after a failure.
	peek(n int) []byte
	skip(n int)
}

// An inflater reads the zlib data of one rectangle after the other. Its memory
// does not grow with what a server claims.
type inflater struct {
	in     *reader
	stream *inflate.Stream
	left   int  // bytes of this rectangle that in still has
	full   bool // more may wait within the stream

	buf        []byte // decompressed from start to end
	start, end int
}

// begin turns to the next length bytes of the connection, which continue the
// stream.
func (z *inflater) begin(stream *inflate.Stream, length int) {
	if z.buf == nil {
		z.buf = make([]byte, inflateRoom)
	}
	z.stream, z.left, z.full = stream, length, false
	z.start, z.end = 0, 0
}

// upTo returns the next bytes without taking them: n (at most inflateRoom) or
// more, fewer only where the data end. After a failure it returns nil.
func (z *inflater) upTo(n int) []byte {
	for z.end-z.start < n && (z.left > 0 || z.full) {
		if !z.inflate(n) {
			return nil
		}
	}
	return z.buf[z.start:z.end]
}

// inflate decompresses once, towards n bytes.
func (z *inflater) inflate(n int) bool {
	if z.start+n > len(z.buf) {
		z.end = copy(z.buf, z.buf[z.start:z.end])
		z.start = 0
	}
	src := z.in.peek(min(z.left, readAhead/4))
	if src == nil {
		return false
	}
	dst := z.buf[z.end:min(len(z.buf), z.start+max(n, inflateChunk))]
	written, taken, err := z.stream.Inflate(dst, src)
	if err != nil {
		z.in.fail(malformed("zlib data: %v", err))
		return false
	}
	if taken == 0 && written == 0 && len(src) > 0 {
		z.in.fail(malformed("zlib data after the end of their stream"))
		return false
	}
	z.in.skip(taken)
	z.left -= taken
	z.end += written
	z.full = written == len(dst)
	return true
}

func (z *inflater) peek(n int) []byte {
	b := z.upTo(n)
	if len(b) >= n {
		return b[:n]
	}
	z.in.fail(malformed("zlib data of too few bytes"))
	return nil
}

func (z *inflater) skip(n int) { z.start += n }

// finish takes what is left of the data: the flush that ends them, no pixels.
func (z *inflater) finish() {
	if z.in.err == nil && len(z.upTo(z.end-z.start+1)) > 0 {
		z.in.fail(malformed("zlib data of too many bytes"))
	}
}

// zlibLength reads the length of zlib data.
func (c *Client) zlibLength() int {
	const limit = 1 << 30 // they are not kept
	length := c.in.u32()
	if length > limit {
		c.in.fail(malformed("%d bytes of zlib data", length))
		return 0
	}
	return int(length)
}
