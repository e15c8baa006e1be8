package storage

import (
	"bytes"
	"encoding/binary"
	"time"
)

// A Moment says how much of a recording had come by then.
type Moment struct {
	At    time.Duration // since the first
	Bytes int           // of the content, from its beginning
}

// The moments of a compressed recording are its last frame, one that every zstd
// decoder skips: its magic number and size, 32 bits each, little endian; for each
// moment two varints, milliseconds and bytes since the one before; the size of
// those varints in 32 bits; momentsMark.
const (
	momentsMagic = 0x184d2a57
	momentsMark  = "rfbtimes"
	frameHead    = 8
	frameTail    = 4 + len(momentsMark)
)

// sameMoment is the time within which what is written belongs to one moment.
const sameMoment = 10 * time.Millisecond

// A momentWriter notes when a recording is written.
type momentWriter struct {
	varints []byte
	start   time.Time
	told    time.Duration // of the last moment that is in varints
	at      time.Duration // of the moment that is not yet
	bytes   int           // that came with it
}

// note says that so many bytes were written at that time, none before others.
func (w *momentWriter) note(now time.Time, bytes int) {
	if w.start.IsZero() {
		w.start = now
	}
	if at := now.Sub(w.start); at-w.at > sameMoment {
		w.tell()
		w.at = at
	}
	w.bytes += bytes
}

func (w *momentWriter) tell() {
	if w.bytes == 0 {
		return
	}
	passed := (w.at - w.told).Milliseconds()
	w.varints = binary.AppendUvarint(w.varints, uint64(passed))  // time does not run backwards
	w.varints = binary.AppendUvarint(w.varints, uint64(w.bytes)) // a count
	w.told += time.Duration(passed) * time.Millisecond
	w.bytes = 0
}

// frame returns what ends the file.
func (w *momentWriter) frame() []byte {
	w.tell()
	size := uint32(len(w.varints)) // a recording of 4 GiB has fewer
	frame := binary.LittleEndian.AppendUint32(nil, momentsMagic)
	frame = binary.LittleEndian.AppendUint32(frame, size+uint32(frameTail))
	frame = append(frame, w.varints...)
	frame = binary.LittleEndian.AppendUint32(frame, size)
	return append(frame, momentsMark...)
}

// readMoments returns the moments of a file with so many bytes of content; nil
// where it has none, or none that can be true.
func readMoments(file []byte, content int) []Moment {
	rest, marked := bytes.CutSuffix(file, []byte(momentsMark))
	if !marked || len(rest) < 4+frameHead {
		return nil
	}
	size := int(binary.LittleEndian.Uint32(rest[len(rest)-4:]))
	rest = rest[:len(rest)-4]
	if size > len(rest)-frameHead || binary.LittleEndian.Uint32(rest[len(rest)-size-frameHead:]) != momentsMagic {
		return nil
	}
	var all []Moment
	var last Moment
	for varints := rest[len(rest)-size:]; len(varints) > 0; {
		passed, n := binary.Uvarint(varints)
		came, m := binary.Uvarint(varints[max(0, n):])
		if n <= 0 || m <= 0 || passed > uint64(maxTape) || came > uint64(content-last.Bytes) { // both are positive
			return nil
		}
		varints = varints[n+m:]
		last = Moment{last.At + time.Duration(passed)*time.Millisecond, last.Bytes + int(came)} // bounded above
		all = append(all, last)
	}
	return all
}
