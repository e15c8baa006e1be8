package rfb

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kvmmanager/kvm-manager/vnc/rfb/internal/inflate"
)

// Options say what a client needs and wants to hear. Functions may be nil; they
// are called by Run, one at a time, and hold up decoding until they return.
type Options struct {
	Password PasswordFunc // asked when the server wants a password
	Login    LoginFunc    // asked when it wants a name and a password
	TLS      TLS          // which encrypted servers are believed

	OnUpdate      func()                  // an update has been decoded: the frame may have changed
	OnResize      func(width, height int) // the screen has another size, in pixels
	OnResizable   func()                  // the server takes RequestSize from now on
	OnSizeAnswer  func(SizeStatus)        // the server's answer to RequestSize
	OnPointerMode func(absolute bool)     // the guest changed to another kind of pointer
	OnLights      func(Lights)            // the guest's lock lights, at first and whenever they change; not every server tells
	OnBell        func()
	OnCutText     func(text string) // the server's clipboard, at most 1 MiB
	TakesText     func() bool       // asked before a text of the server is fetched; nil: all are
	OnAudible     func()            // the server takes Listen from now on
	OnSound       func(begins bool) // while listening: the machine begins or ends to make sound
	OnSamples     func(pcm []byte)  // sound, while listening: 16 bits, little endian, left and right in turn; valid until it returns. nil: sound is not asked for
	OnCursor      func(Cursor)      // the guest's pointer looks different; nil: the server draws it into the picture

	Local     bool       // the server runs on this computer: ask for the cheapest pixels, not for the fewest bytes
	Quality   int        // of JPEG, from 1 to 10, best; 0: no detail may be lost
	Encodings []Encoding // the only ones to ask for, the preferred first; nil: chosen by Local and Quality

	Plain bool // ask for no extension but a screen that changes its size: what the server sends is understood by every client

	Record io.Writer // where a recording of the session goes; nil: nowhere

	Frame     *Frame        // where to draw; nil makes a new one
	Patience  time.Duration // how long a server may fall silent within a message; 0 means 15 s
	MaxPixels int           // the largest screen that is believed; 0 means 32 Mi
}

// A Client is one connection to a server. Its methods may be called from any
// goroutine; none of them but Connect and Run waits for the server.
type Client struct {
	conn  net.Conn
	wire  net.Conn // conn, or TLS over it
	in    *reader
	out   *outbox
	opts  Options
	frame *Frame

	// Of Run only.
	screen  image.Rectangle
	resized bool     // within the update being read
	latest  int      // the last rectangle's place in decoders
	counted []uint64 // rectangles by that place
	drawn   uint64   // pixels in them

	// What encodings keep from rectangle to rectangle, of Run only.
	inflater   inflater
	zlib, zrle inflate.Stream
	tile       zrleTile
	tight      tight

	rectangles []atomic.Uint64 // counted and drawn, for Stats
	pixels     atomic.Uint64

	physicalKeys atomic.Bool
	manyButtons  atomic.Bool
	relative     atomic.Bool

	audible   atomic.Bool // the server takes Listen
	listening atomic.Bool
	heard     atomic.Uint64 // samples
	samples   []byte        // of Run only

	mu           sync.Mutex
	name         string
	resizable    bool
	firstScreen  screen
	pointer      image.Point
	pointerKnown bool
	paused       bool
	running      bool
	asked        bool // an update request is on its way
	wantAll      bool // the next request is for the whole screen
	canContinue  bool // the server offers updates that nobody asks for
	continuous   bool // it sends them
	clip         clipboard

	closing sync.Once
	cause   error // why the connection was closed from this side
	closed  chan struct{}
}

// Connect shakes hands with the server at the other end of conn and asks for
// the pixel format and the encodings of this package. It takes conn over and
// closes it when it fails: with an AuthError for a wrong password, a
// RefusedError, a SecurityError, a CertificateError, an UnansweredError, a
// MessageError, or the cause of ctx.
func Connect(ctx context.Context, conn net.Conn, opts Options) (*Client, error) {
	c := newClient(conn, opts)
	stop := context.AfterFunc(ctx, func() { c.closeWith(context.Cause(ctx)) })
	defer stop()
	if err := c.connect(ctx); err != nil {
		c.closeWith(err)
		return nil, c.cause
	}
	return c, nil
}

func newClient(conn net.Conn, opts Options) *Client {
	if opts.Frame == nil {
		opts.Frame = &Frame{}
	}
	if opts.Patience == 0 {
		opts.Patience = 15 * time.Second
	}
	if opts.MaxPixels == 0 {
		opts.MaxPixels = maxPixels
	}
	conn = takeOver(conn)
	in := newReader(conn, opts.Patience, opts.Frame)
	return &Client{
		conn: conn, in: in, inflater: inflater{in: in}, out: newOutbox(),
		counted: make([]uint64, len(decoders)), rectangles: make([]atomic.Uint64, len(decoders)),
		opts: opts, frame: opts.Frame, wantAll: true, closed: make(chan struct{}),
	}
}

func (c *Client) connect(ctx context.Context) error {
	h := &handshake{conn: c.conn, in: c.in, opts: &c.opts}
	width, height, name, err := h.connect(ctx)
	c.wire = h.conn
	if err != nil {
		return err
	}
	if err := c.checkSize(width, height); err != nil {
		c.in.fail(err)
		return c.in.err
	}
	c.in.end()
	if c.in.err != nil {
		return c.in.err
	}
	if c.in.source.socket != nil {
		c.out.now = c.in.source.socket.sendNow
	}
	c.name = name
	c.screen = image.Rect(0, 0, width, height)
	c.frame.resize(width, height)
	c.send(pixelFormatMessage())
	c.send(encodingsMessage(c.opts.offers()))
	return nil
}

// Run decodes what the server sends until the connection ends, and says why: it
// never returns nil. It may be called once. When ctx ends it returns its cause,
// after Close ErrClosed.
func (c *Client) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { c.closeWith(context.Cause(ctx)) })
	defer stop()
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write()
	}()
	c.startAsking()
	c.closeWith(c.readMessages())
	c.in.letGo()
	c.publish()
	c.zlib.Close()
	c.zrle.Close()
	c.tight.close()
	<-written
	return c.cause
}

// write sends what waits in the outbox until the connection is closed. When it
// fails, the reader most likely knows better why and gets a moment to say it.
func (c *Client) write() {
	err := c.out.drain(c.wire, c.closed)
	if err == nil {
		return
	}
	select {
	case <-c.closed:
	case <-time.After(time.Second):
		c.closeWith(disconnected(err))
	}
}

func (c *Client) readMessages() error {
	for {
		kind, err := c.in.next()
		if err != nil {
			return disconnected(err)
		}
		if err := c.readMessage(kind); err != nil {
			return err
		}
	}
}

// disconnected says that the connection ended, and how unless it was in order.
func disconnected(err error) error {
	if errors.Is(err, io.EOF) {
		return ErrDisconnected
	}
	return fmt.Errorf("%w: %w", ErrDisconnected, err)
}

// Close ends the connection and with it Run. It does not wait.
func (c *Client) Close() { c.closeWith(ErrClosed) }

// closeWith closes the connection; the first cause is the one that counts.
func (c *Client) closeWith(cause error) {
	c.closing.Do(func() {
		c.cause = cause
		close(c.closed)
		_ = c.conn.Close() // nothing is left to be lost
	})
}

// Frame returns the picture that Run decodes into.
func (c *Client) Frame() *Frame { return c.frame }

// Name returns the name that the server gives its desktop.
func (c *Client) Name() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.name
}

// Pause stops asking for updates, also before Run. The update being decoded and
// the one that was asked for already still arrive.
func (c *Client) Pause() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.paused {
		c.paused = true
		c.setContinuous(false)
	}
}

// Resume asks for updates again; what changed meanwhile arrives with the first.
func (c *Client) Resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paused {
		c.paused = false
		c.setContinuous(true)
	}
	c.ask()
}

func (c *Client) startAsking() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = true
	c.ask()
}

// updateBegins notes that the request was answered and sends the next.
func (c *Client) updateBegins() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = false
	c.ask()
}

// updateEnds tells the owner. After a change of size the request on its way
// names the old one, so the whole new screen is asked for.
func (c *Client) updateEnds() {
	c.frame.updates.Add(1)
	if c.resized {
		c.resized = false
		c.mu.Lock()
		c.asked, c.wantAll = false, true
		if c.continuous {
			c.setContinuous(true) // of the new size
		}
		c.ask()
		c.mu.Unlock()
		if c.opts.OnResize != nil {
			c.opts.OnResize(c.screen.Dx(), c.screen.Dy())
		}
	}
	call(c.opts.OnUpdate)
}

// ask sends an update request unless one is on its way, nobody looks or the
// server needs none. The caller holds c.mu.
func (c *Client) ask() {
	if c.paused || c.asked || !c.running || c.continuous && !c.wantAll {
		return
	}
	size := c.frame.Size()
	c.send(updateRequestMessage(!c.wantAll, size.X, size.Y))
	c.asked, c.wantAll = true, false
}

func (c *Client) send(message []byte) {
	if err := c.out.put(message); err != nil {
		c.closeWith(err)
	}
}
