package sound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jfreymuth/pulse/proto"
)

// ErrNoServer says that no sound server answers on this computer.
var ErrNoServer = errors.New("sound: no sound server answers")

const (
	patience   = 2 * time.Second // for an answer, and for a server that does not read
	cookieSize = 256
	maxText    = 128 // bytes; proto takes no longer message than 1024
)

// A server is the connection with a sound server and the one stream in it. wake is
// called, on any goroutine, when wants or killed may be another.
type server struct {
	client *proto.Client
	conn   net.Conn
	wake   func()
	lost   chan struct{} // closed when the connection has ended

	mu     sync.Mutex
	err    error
	credit map[uint32]int // bytes that the server wants, by stream
	dead   map[uint32]bool

	stream uint32 // of the player's goroutine only
	open   bool
}

// connect dials, shows who we are and says what we are called.
func connect(ctx context.Context, wake func()) (*server, error) {
	conn, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{conn: conn, wake: wake, lost: make(chan struct{}), credit: map[uint32]int{}, dead: map[uint32]bool{}}
	s.client = &proto.Client{Callback: s.hear}
	s.client.SetTimeout(patience)
	stop := context.AfterFunc(ctx, s.close)
	defer stop()
	s.client.Open(&wire{Conn: conn, failed: s.fail})
	if err := s.introduce(); err != nil {
		s.close()
		return nil, fmt.Errorf("%w: %w", ErrNoServer, err)
	}
	return s, nil
}

func (s *server) introduce() error {
	var reply proto.AuthReply
	if err := s.client.Request(&proto.Auth{Version: s.client.Version(), Cookie: cookie()}, &reply); err != nil {
		return err
	}
	s.client.SetVersion(reply.Version)
	return s.client.Request(&proto.SetClientName{Props: proto.PropList{
		"application.name":       text("KVM Manager"),
		"application.id":         text("kvm-manager"),
		"application.icon_name":  text("kvm-manager"),
		"application.process.id": text(strconv.Itoa(os.Getpid())),
	}}, &proto.SetClientNameReply{})
}

func (s *server) close() { _ = s.conn.Close() } // nothing is left to be lost

// fail keeps the first failure of the connection.
func (s *server) fail(err error) {
	s.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = fmt.Errorf("%w: %w", ErrNoServer, err)
		close(s.lost)
	}
}

func (s *server) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// hear takes what the server says by itself, on the goroutine that reads.
func (s *server) hear(message any) {
	s.mu.Lock()
	switch m := message.(type) {
	case *proto.Request:
		s.credit[m.StreamIndex] += int(m.Length)
	case *proto.PlaybackStreamKilled:
		s.dead[m.StreamIndex] = true
	}
	s.mu.Unlock()
	s.wake()
}

func (s *server) playing() bool { return s.open }

// begin makes the stream.
func (s *server) begin(what *proto.CreatePlaybackStream) error {
	var reply proto.CreatePlaybackStreamReply
	if err := s.client.Request(what, &reply); err != nil {
		return fmt.Errorf("begin to play: %w", err)
	}
	s.stream, s.open = reply.StreamIndex, true
	s.mu.Lock()
	s.credit[s.stream] += int(reply.Missing)
	s.mu.Unlock()
	return nil
}

// wants is how many bytes the server takes now.
func (s *server) wants() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open {
		return 0
	}
	return max(0, s.credit[s.stream])
}

// killed says whether somebody, such as a mixer, has ended the stream.
func (s *server) killed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open && s.dead[s.stream]
}

// send plays a piece that is not longer than wants.
func (s *server) send(piece []byte) error {
	s.mu.Lock()
	s.credit[s.stream] -= len(piece)
	s.mu.Unlock()
	if err := s.client.Send(s.stream, piece); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	return nil
}

// end lets the server play what it has and gives the stream back. What it answers
// does not matter: the stream may have been killed meanwhile.
func (s *server) end() error {
	_ = s.client.Request(&proto.DrainPlaybackStream{StreamIndex: s.stream}, nil)
	_ = s.client.Request(&proto.DeletePlaybackStream{StreamIndex: s.stream}, nil)
	s.forget()
	return s.failure()
}

// forget forgets the stream.
func (s *server) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.credit, s.stream)
	delete(s.dead, s.stream)
	s.open = false
}

// A wire tells when it breaks, and does not wait for ever for a server that does
// not read.
type wire struct {
	net.Conn
	failed func(error)
}

func (w *wire) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	if err != nil {
		w.failed(err)
	}
	return n, err
}

func (w *wire) Write(b []byte) (int, error) {
	err := w.SetWriteDeadline(time.Now().Add(patience))
	n := 0
	if err == nil {
		n, err = w.Conn.Write(b)
	}
	if err != nil {
		w.failed(err)
	}
	return n, err
}

// text is a property. It is short enough for proto.
func text(s string) proto.PropListEntry {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	for len(s) > maxText {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return proto.PropListString(s)
}

// cookie is the secret that a sound server may want to see. One that takes
// everybody takes any.
func cookie() []byte {
	files := []string{os.Getenv("PULSE_COOKIE")}
	if config, err := os.UserConfigDir(); err == nil {
		files = append(files, filepath.Join(config, "pulse", "cookie"))
	}
	if home, err := os.UserHomeDir(); err == nil {
		files = append(files, filepath.Join(home, ".pulse-cookie"))
	}
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil && len(b) == cookieSize { // the person's own
			return b
		}
	}
	return make([]byte, cookieSize)
}
