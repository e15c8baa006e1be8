//go:build cgo && !purego

package inflate

/*
#cgo LDFLAGS: -lisal
#cgo noescape stream_inflate
#cgo nocallback stream_inflate

#include <stdlib.h>
#include <string.h>
#include <isa-l/igzip_lib.h>

enum { stream_window = ISAL_DEF_HIST_SIZE, stream_room = 2 * ISAL_DEF_HIST_SIZE, stream_least = 16 * 1024 };

typedef struct {
	struct inflate_state isal;
	uint32_t trailer; // bytes of the checksum at the end of the stream that were not taken yet
} stream;

typedef struct {
	uint32_t from, length, taken;
	int more, failed;
} stream_step;

static void stream_reset(stream *z) {
	isal_inflate_init(&z->isal);
	z->isal.crc_flag = ISAL_ZLIB;
	z->trailer = 4;
}

// Without room for output ISA-L decompresses into the buffer of its window and
// leaves everything there. Its user may move the window down; given room it
// would copy each piece and move the window after each. It computes no checksum
// of what it does not hand out.
static stream_step stream_inflate(stream *z, uint8_t *src, uint32_t length, uint32_t keep) {
	struct inflate_state *s = &z->isal;
	if (s->tmp_out_valid > stream_room - stream_least) {
		memmove(s->tmp_out_buffer, s->tmp_out_buffer + s->tmp_out_valid - stream_window, stream_window);
		s->tmp_out_valid = stream_window;
	}
	stream_step step = {.from = s->tmp_out_valid - keep};
	uint8_t nothing;
	s->next_out = &nothing;
	s->avail_out = 0;
	s->next_in = src;
	s->avail_in = length;
	if (s->block_state != ISAL_BLOCK_INPUT_DONE)
		step.failed = isal_inflate(s) != ISAL_DECOMP_OK;
	if (s->block_state == ISAL_BLOCK_INPUT_DONE && !step.failed) {
		s->avail_in += s->read_in_length / 8; // read beyond the end
		s->read_in_length = 0;
		uint32_t last = z->trailer < s->avail_in ? z->trailer : s->avail_in;
		z->trailer -= last;
		s->avail_in -= last;
		if (s->avail_in > length) // it came with an earlier piece
			s->avail_in = length;
	}
	if (!step.failed) { // after a failure avail_in may be off by one, even below zero
		step.length = s->tmp_out_valid - step.from;
		step.taken = length - s->avail_in;
		step.more = s->tmp_out_valid >= stream_room && s->block_state != ISAL_BLOCK_INPUT_DONE;
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
	state *C.stream
}

// Inflate decompresses from src until src is used up or its own memory is full,
// and returns the last keep bytes of what it returned before, at most Window,
// with what is new behind them. They are valid until the next call. taken is how
// many bytes of src were used; more says that there may be more without any
// further src. All that came before a sync flush is there when more is false.
// After the end of the stream nothing is taken. After ErrCorrupt, which takes and
// returns nothing, the stream is of no use until Reset.
func (s *Stream) Inflate(src []byte, keep int) (out []byte, taken int, more bool, err error) {
	if s.state == nil {
		s.state = (*C.stream)(C.malloc(C.sizeof_stream))
		C.stream_reset(s.state)
	}
	src = src[:min(len(src), math.MaxInt32)]
	step := C.stream_inflate(s.state, (*C.uint8_t)(unsafe.SliceData(src)), C.uint32_t(len(src)), C.uint32_t(keep))
	if step.failed != 0 {
		return nil, 0, false, ErrCorrupt
	}
	out = unsafe.Slice((*byte)(&s.state.isal.tmp_out_buffer[step.from]), int(step.length))
	return out, int(step.taken), step.more != 0, nil
}

// Reset goes back to the beginning of a new stream.
func (s *Stream) Reset() {
	if s.state != nil {
		C.stream_reset(s.state)
	}
}

// Close frees the stream, which is then at the beginning of a new one. What
// Inflate returned is gone.
func (s *Stream) Close() {
	C.free(unsafe.Pointer(s.state))
	s.state = nil
}
