package rfb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// recordingHead is how a recording begins, however the client came in: version
// 3.8, security type None, accepted.
const recordingHead = "RFB 003.008\n\x01\x01\x00\x00\x00\x00"

// A recorder writes what the server sends, message by message, so that a
// recording always ends between two.
type recorder struct {
	to      io.Writer
	waiting []byte // not yet known to be whole messages
}

// record begins a recording where the handshake is over but for the size and
// the name of the screen.
func (r *reader) record(to io.Writer) {
	r.source.recorder = &recorder{to, append([]byte(recordingHead), r.buf[r.at:r.till]...)}
}

// keepMessages writes all that waits but the last n bytes.
func (r *recorder) keepMessages(n int) error {
	whole := len(r.waiting) - n
	if _, err := r.to.Write(r.waiting[:whole]); err != nil {
		return fmt.Errorf("rfb: write the recording: %w", err)
	}
	r.waiting = append(r.waiting[:0], r.waiting[whole:]...)
	return nil
}

// Replay decodes what the server at the other end of conn sends until it ends,
// which it may do between two messages only, and returns what was decoded, also
// beside an error. See [Player] for a server in memory, and the package
// documentation for what a recording is.
func Replay(ctx context.Context, conn net.Conn, opts Options) (Stats, error) {
	client, err := Connect(ctx, conn, opts)
	if err != nil {
		return Stats{}, err
	}
	err = client.Run(ctx)
	if errors.Is(err, ErrDisconnected) {
		err = nil
	}
	return client.Stats(), err
}

// Serve plays a recording to the client at the other end of conn without waiting
// for it, as fast as it reads, and closes conn when the client does.
func Serve(conn net.Conn, recording io.Reader) error {
	defer conn.Close()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, conn) // ends with the client, in whatever way
	}()
	_, err := io.Copy(conn, recording)
	if ending, can := conn.(interface{ CloseWrite() error }); err == nil && can {
		err = ending.CloseWrite()
	}
	if err != nil {
		_ = conn.Close()
	}
	<-drained
	return err
}

// Player returns a connection to a server that plays a recording and does not
// listen.
func Player(recording io.Reader) net.Conn { return player{recording} }

type player struct {
	io.Reader
}

func (player) Write(b []byte) (int, error)      { return len(b), nil }
func (player) Close() error                     { return nil }
func (player) LocalAddr() net.Addr              { return &net.UnixAddr{Net: "unix"} }
func (player) RemoteAddr() net.Addr             { return &net.UnixAddr{Net: "unix"} }
func (player) SetDeadline(time.Time) error      { return os.ErrNoDeadline }
func (player) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (player) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }
