package rfb

import "github.com/kvmmanager/kvm-manager/vnc/rfb/internal/inflate"

// A source is what pixels are read from: the connection itself, or the zlib
// data in it.
type source interface {
	// span returns at least so many (at most inflate.Window) and at most so
	// many of the next bytes without taking them, nil after a failure.
	span(least, most int) []byte
	skip(n int)
}

// An inflater reads the zlib data of one rectangle after the other. Its memory
// is that of the streams.
type inflater struct {
	in     *reader
	stream *inflate.Stream
	left   int    // bytes of this rectangle that in still has
	more   bool   // more may wait within the stream
	data   []byte // of the stream: decompressed and not taken yet
}

// begin turns to the next length bytes of the connection, which continue the
// stream.
func (z *inflater) begin(stream *inflate.Stream, length int) {
	z.stream, z.left, z.more, z.data = stream, length, false, nil
}

// upTo returns the next bytes without taking them: n, at most inflate.Window, or
// more, fewer only where the data end. After a failure it returns nil.
func (z *inflater) upTo(n int) []byte {
	for len(z.data) < n && (z.left > 0 || z.more) {
		if !z.inflate() {
			return nil
		}
	}
	return z.data
}

// inflate decompresses once.
func (z *inflater) inflate() bool {
	var src []byte
	if z.left > 0 {
		if src = z.in.span(1, z.left); src == nil {
			return false
		}
	}
	z.in.hold() // after letting those come first who wait for the frame
	out, taken, more, err := z.stream.Inflate(src, len(z.data))
	if err != nil {
		z.in.fail(malformed("zlib data: %v", err))
		return false
	}
	if taken == 0 && len(out) == len(z.data) && len(src) > 0 {
		z.in.fail(malformed("zlib data after the end of their stream"))
		return false
	}
	z.in.at += taken
	z.left -= taken
	z.data, z.more = out, more
	return true
}

func (z *inflater) span(least, most int) []byte {
	b := z.upTo(least)
	if len(b) >= least && z.in.err == nil {
		return b[:min(len(b), most)]
	}
	z.in.fail(malformed("zlib data of too few bytes"))
	return nil
}

func (z *inflater) skip(n int) { z.data = z.data[n:] }

// finish takes what is left of the data: the flush that ends them, no pixels.
func (z *inflater) finish() {
	if z.in.err == nil && len(z.upTo(len(z.data)+1)) > 0 {
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
