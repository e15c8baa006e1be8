package rfb

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// Replay decodes a recorded session as fast as it can, into opts.Frame, and
// returns what it has decoded. A recording is the bytes that the server sent in
// one connection whose client asked for the pixel format of this package: see
// the package documentation. The end of the recording between two messages is
// its end; within a message it is a MessageError, like bytes that lie.
func Replay(ctx context.Context, recording io.Reader, opts Options) (Stats, error) {
	client, err := Connect(ctx, player{recording}, opts)
	if err != nil {
		return Stats{}, err
	}
	err = client.Run(ctx)
	if errors.Is(err, ErrDisconnected) {
		err = nil
	}
	return client.Stats(), err
}

// A player is a connection to a recording, which does not listen.
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
