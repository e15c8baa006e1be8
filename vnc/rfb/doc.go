// Package rfb is a client for the Remote Framebuffer protocol (RFC 6143), the
// protocol of VNC and of QEMU's built-in screens. It depends on the standard
// library, ISA-L and libjpeg-turbo (with the build tag purego on the first alone)
// and knows nothing of windows: it decodes what a server sends
// into a [Frame] and sends keys and pointer movements back.
//
// # Use
//
// The caller dials, [Connect] shakes hands, [Client.Run] decodes until the
// connection ends:
//
//	conn, err := net.Dial("unix", "/run/vm/vnc.sock")
//	if err != nil {
//		return err
//	}
//	client, err := rfb.Connect(ctx, conn, rfb.Options{
//		Password: func(context.Context) (string, error) { return "secret", nil },
//		OnUpdate: func() { repaint() },
//	})
//	if err != nil {
//		return err
//	}
//	return client.Run(ctx)
//
// The picture is client.Frame(): 32 bits per pixel in the order of
// [image.RGBA], always opaque. A painter keeps a copy of its own and brings it
// up to date with [Frame.Sync], which moves only the rectangle that changed, so
// that neither waits for the other.
//
// # What is spoken
//
// Versions 3.3, 3.7 and 3.8; security types None, VNC authentication and VeNCrypt
// with a certificate (X509None, X509Vnc, X509Plain; see [TLS]); encodings Raw,
// CopyRect, RRE, CoRRE, Hextile, zlib, ZRLE and Tight (every filter, JPEG where
// [Options].Quality allows it); the pseudo-encodings Cursor and CursorWithAlpha,
// DesktopSize, ExtendedDesktopSize (also to ask for another size), DesktopName,
// LastRect, Fence, ContinuousUpdates, ExtendedMouseButtons, QEMU extended key
// events (physical keys instead of letters: right in every keyboard layout), QEMU
// pointer motion change (absolute or relative pointer), QEMU LED state (the
// guest's lock lights), QEMU audio (see [Client.Listen]) and the extended
// clipboard (text in UTF-8, see [Client.CutText]). Each encoding is one file and
// one row of the table in update.go. Pixels are decoded where they are shown;
// after the first rectangles none needs memory of its own.
//
// [Options].Local asks for Raw first: on the same computer bytes cost less than
// compressing them. Otherwise the client asks for ZRLE, or with a Quality for
// Tight.
//
// # Rhythm
//
// The next update is asked for as soon as the previous one begins to arrive,
// before it is decoded, so that the server works while the client does.
// A server that offers continuous updates is not asked at all; fences let it
// measure how far the client has come. [Client.Pause] stops both: a hidden screen
// costs neither side anything.
//
// # Recordings
//
// A recording is the bytes that a server sent in one connection, from its
// greeting on: version 3.8, the one security type None and its acceptance (in
// whatever way the recording client came in), the size and name of the screen,
// then messages, in the pixel format of this package: 32 bits, depth 24, little
// endian, red in the lowest byte. It ends between two messages. Options.Record
// makes one, [Replay] decodes it, [Serve] plays it to another client. When its
// parts came is not told in it; a compressed file of this program does so in a
// frame of its own (package storage).
//
// # Trust
//
// A server is not trusted. Sizes, counts and texts are bounded before memory
// is taken; rectangles outside the screen, unknown messages, a stream cut short
// and a server that stops in the middle of a message all end [Client.Run] with
// a [MessageError] that names the message.
package rfb
