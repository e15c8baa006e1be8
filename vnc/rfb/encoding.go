package rfb

import (
	"net"
	"slices"
)

// An Encoding is a way to send pixels, by its registered number.
type Encoding int32

// Encodings of pixels that this package decodes.
const (
	EncodingRaw      Encoding = 0
	EncodingCopyRect Encoding = 1
	EncodingRRE      Encoding = 2
	EncodingCoRRE    Encoding = 4
	EncodingHextile  Encoding = 5
	EncodingZlib     Encoding = 6
	EncodingTight    Encoding = 7
	EncodingZRLE     Encoding = 16
)

// Pseudo-encodings: what a client offers and what updates carry beside pixels.
const (
	encodingQuality0            Encoding = -32 // to -23
	encodingDesktopSize         Encoding = -223
	encodingLastRect            Encoding = -224
	encodingCursor              Encoding = -239
	encodingQEMUPointer         Encoding = -257
	encodingQEMUKey             Encoding = -258
	encodingQEMUAudio           Encoding = -259
	encodingQEMULights          Encoding = -261
	encodingDesktopName         Encoding = -307
	encodingExtendedDesktopSize Encoding = -308
	encodingFence               Encoding = -312
	encodingContinuousUpdates   Encoding = -313
	encodingCursorWithAlpha     Encoding = -314
	encodingManyButtons         Encoding = -316
	encodingClipboard           Encoding = -1063131698 // 0xc0a1e5ce
)

// Most servers take the first encoding that they know. On this computer bytes
// cost less than compressing them; elsewhere ZRLE is the fastest that is small,
// and Tight the only one that may lose detail.
var (
	localOrder  = []Encoding{EncodingRaw, EncodingCopyRect, EncodingHextile, EncodingZRLE, EncodingTight, EncodingZlib, EncodingCoRRE, EncodingRRE}
	remoteOrder = []Encoding{EncodingZRLE, EncodingTight, EncodingCopyRect, EncodingZlib, EncodingHextile, EncodingCoRRE, EncodingRRE, EncodingRaw}
	lossyOrder  = []Encoding{EncodingTight, EncodingZRLE, EncodingCopyRect, EncodingZlib, EncodingHextile, EncodingCoRRE, EncodingRRE, EncodingRaw}
)

// offers returns what the client asks for, the preferred first.
func (o *Options) offers() []Encoding {
	var ids []Encoding
	switch {
	case o.Encodings != nil:
		ids = slices.Clone(o.Encodings)
	case o.Local:
		ids = slices.Clone(localOrder)
	case o.Quality > 0:
		ids = slices.Clone(lossyOrder)
	default:
		ids = slices.Clone(remoteOrder)
	}
	if o.Plain {
		ids = append(ids, encodingDesktopSize)
	}
	for _, d := range decoders {
		if !d.pixels && !o.Plain && (d.wanted == nil || d.wanted(o)) {
			ids = append(ids, d.encoding)
		}
	}
	if !o.Plain && o.OnCutText != nil {
		ids = append(ids, encodingClipboard)
	}
	if !o.Plain {
		ids = append(ids, encodingFence, encodingContinuousUpdates)
	}
	if o.Quality > 0 {
		ids = append(ids, encodingQuality0+Encoding(min(o.Quality, 10)-1))
	}
	return ids
}

// IsLocal says whether conn leads to a program on this computer: by a Unix socket
// or the loopback network. A tunnel that begins there looks the same.
func IsLocal(conn net.Conn) bool {
	switch to := conn.RemoteAddr().(type) {
	case *net.UnixAddr:
		return true
	case *net.TCPAddr:
		return to.IP.IsLoopback()
	default:
		return false
	}
}

func (o *Options) wantsCursor() bool { return o.OnCursor != nil }
