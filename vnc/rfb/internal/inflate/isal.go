//go:build cgo && !purego

package inflate

/*
#cgo LDFLAGS: -lisal
#cgo noescape stream_inflate
#cgo nocallback stream_inflate

#include <stdlib.h>
#include <isa-l/igzip_lib.h>

typedef struct {
	uint32_t written, taken;
	int failed;
} stream_step;

static void stream_reset(struct inflate_state *s) {
	isal_inflate_init(s);
	s->crc_flag = ISAL_ZLIB;
}

static stream_step stream_inflate(struct inflate_state *s, uint8_t *dst, uint32_t room, uint8_t *src, uint32_t length) {
	s->next_out = dst;
	s->avail_out = room;
	s->next_in = src;
	s->avail_in = length;
	stream_step step = {0, 0, isal_inflate(s) != ISAL_DECOMP_OK};
	if (!step.failed) { // after a failure avail_in may be off by one, even below zero
		step.written = room - s->avail_out;
		step.taken = length - s->avail_in;
	}
	s->next_out = s->next_in = NULL;
	return step;
}
*/
import "C"

import (
	"math"
	"unsafe"
)

// A Stream is one zlib stream. The zero value is at its beginning. It must be
// closed.
type Stream struct {
	state *C.struct_inflate_state
}

// Inflate decompresses from src into dst until src is used up or dst is full,
// and returns how many bytes it wrote and took. All that came before a sync
// flush is written when written is less than len(dst); until then Inflate is
// called again, with an empty src if need be. After the end of the stream
// nothing is taken. After ErrCorrupt, which takes and writes nothing, the stream
// is of no use until Reset.
func (s *Stream) Inflate(dst, src []byte) (written, taken int, err error) {
	if s.state == nil {
		s.state = (*C.struct_inflate_state)(C.malloc(C.sizeof_struct_inflate_state))
		C.stream_reset(s.state)
	}
	dst, src = dst[:min(len(dst), math.MaxInt32)], src[:min(len(src), math.MaxInt32)]
	step := C.stream_inflate(s.state,
		(*C.uint8_t)(unsafe.SliceData(dst)), C.uint32_t(len(dst)),
		(*C.uint8_t)(unsafe.SliceData(src)), C.uint32_t(len(src)))
	if step.failed != 0 {
		err = ErrCorrupt
	}
	return int(step.written), int(step.taken), err
}

// Reset goes back to the beginning of a new stream.
func (s *Stream) Reset() {
	if s.state != nil {
		C.stream_reset(s.state)
	}
}

// Close frees the stream, which is then at the beginning of a new one.
func (s *Stream) Close() {
	C.free(unsafe.Pointer(s.state))
	s.state = nil
}
