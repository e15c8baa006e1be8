package vnc

import (
	"context"
	"errors"
	"net"
	"time"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// Pauses between two attempts to connect, doubled from the first to the longest.
const (
	firstPause   = 250 * time.Millisecond
	longestPause = 5 * time.Second
)

// A DialFunc opens a connection to the VNC server.
type DialFunc func(ctx context.Context) (net.Conn, error)

// A Guard answers what a server asks before it lets anybody in. Its methods are
// called one at a time on a goroutine of the screen, and may wait for a person.
type Guard interface {
	// Prepare puts Password, Login and TLS into the options of the next attempt.
	// An error ends the attempts, and so does one of Password and Login.
	Prepare(ctx context.Context, opts *rfb.Options) error
	// Again says whether an attempt at once may succeed after one that failed.
	// Whom the server refused and Again does not help is not tried any more.
	Again(ctx context.Context, err error) bool
	// Entered says that the server has let us in.
	Entered()
}

// State is the state of a connection.
type State int

// The states of a connection.
const (
	Idle       State = iota // never connected
	Connecting              // dialling or shaking hands
	Connected
	Lost // failed or ended; RetryIn says whether it is tried again
)

// Status is the state of a connection, with what belongs to it.
type Status struct {
	State   State
	Width   int           // Connected: of the guest's screen in pixels
	Height  int           // Connected
	Err     error         // Lost: why
	RetryIn time.Duration // Lost: when the next attempt begins; 0: none follows
}

// A session is one call of Connect: attempts and connections in turn.
type session struct {
	screen *Screen
	dial   DialFunc
	guard  Guard // nil: none
	cancel context.CancelFunc
	sounds chan struct{} // has room for one: what is to be played may be another

	unwilling error // of Guard.Prepare
}

// Connect dials and shows the server's screen, and goes on doing so when the
// connection is lost, until ctx ends or Close is called. A previous Connect is
// closed. It does not wait; OnStatus tells what happens. guard may be nil for a
// server that lets everybody in.
func (s *Screen) Connect(ctx context.Context, dial DialFunc, guard Guard) {
	ctx, cancel := context.WithCancel(ctx)
	next := &session{screen: s, dial: dial, guard: guard, cancel: cancel, sounds: make(chan struct{}, 1)}
	s.mu.Lock()
	previous := s.session
	s.session = next
	s.mu.Unlock()
	if previous != nil {
		previous.cancel()
	}
	s.sessions.Add(3)
	go func() {
		defer s.sessions.Done()
		next.run(ctx)
	}()
	go func() {
		defer s.sessions.Done()
		s.painter.run(ctx, s.repaint)
	}()
	go func() {
		defer s.sessions.Done()
		next.playSound(ctx)
	}()
}

// Close ends the connection and all attempts, and lets go of the keyboard; the
// last picture stays. It does not wait, and OnStatus is not called any more. It
// is called on Fyne's goroutine.
func (s *Screen) Close() {
	s.giveBack()
	s.mu.Lock()
	last := s.session
	s.session = nil
	s.mu.Unlock()
	if last != nil {
		last.cancel()
	}
}

// Wait blocks until everything that Connect started has ended, after Close. It
// must not be called on Fyne's goroutine.
func (s *Screen) Wait() { s.sessions.Wait() }

// run connects again and again.
func (c *session) run(ctx context.Context) {
	pause := firstPause
	for {
		c.tell(ctx, Status{State: Connecting})
		connected, err := c.once(ctx)
		if ctx.Err() != nil {
			return
		}
		if connected {
			pause = firstPause
		} else if c.guard != nil && c.unwilling == nil && c.guard.Again(ctx, err) {
			continue
		}
		if ctx.Err() != nil {
			return
		}
		if !c.worthRetrying(err) {
			c.tell(ctx, Status{State: Lost, Err: err})
			return
		}
		c.tell(ctx, Status{State: Lost, Err: err, RetryIn: pause})
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

// worthRetrying says whether time may help.
func (c *session) worthRetrying(err error) bool {
	var auth *rfb.AuthError
	var security *rfb.SecurityError
	var unbelieved *rfb.CertificateError
	var unanswered *rfb.UnansweredError
	return c.unwilling == nil && !errors.As(err, &auth) && !errors.As(err, &security) && !errors.As(err, &unbelieved) &&
		!errors.As(err, &unanswered) && !errors.Is(err, rfb.ErrPasswordNeeded) && !errors.Is(err, rfb.ErrLoginNeeded)
}

// once connects and shows the screen until the connection ends.
func (c *session) once(ctx context.Context) (connected bool, err error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return false, err
	}
	select { // an earlier session may still draw
	case c.screen.turn <- struct{}{}:
		defer func() { <-c.screen.turn }()
	case <-ctx.Done():
		_ = conn.Close() // nobody wants it any more
		return false, ctx.Err()
	}
	opts := c.options(ctx, conn)
	c.hears(ctx, &opts)
	if c.guard != nil {
		if c.unwilling = c.guard.Prepare(ctx, &opts); c.unwilling != nil {
			_ = conn.Close() // nothing was said
			return false, c.unwilling
		}
	}
	client, err := rfb.Connect(ctx, conn, opts)
	if err != nil {
		return false, err
	}
	if c.guard != nil {
		c.guard.Entered()
	}
	c.screen.attach(client)
	size := client.Frame().Size()
	c.tell(ctx, Status{State: Connected, Width: size.X, Height: size.Y})
	err = client.Run(ctx)
	c.screen.detach()
	return true, err
}

func (c *session) options(ctx context.Context, conn net.Conn) rfb.Options {
	s := c.screen
	return rfb.Options{
		Frame: &s.frame,
		Local: rfb.IsLocal(conn),
		OnUpdate: func() {
			s.trace(TraceUpdateReceived)
			s.painter.change()
		},
		OnResize: func(width, height int) {
			c.tell(ctx, Status{State: Connected, Width: width, Height: height})
		},
		OnPointerMode: func(absolute bool) {
			c.do(ctx, func() {
				if absolute {
					s.freePointer()
				}
				s.native.showCursor()
			})
		},
		OnCursor: func(cursor rfb.Cursor) {
			s.learnCursor(cursor)
			c.do(ctx, s.native.showCursor)
		},
		OnResizable: s.hearSizes,
		OnSizeAnswer: func(answer rfb.SizeStatus) {
			if s.hearAnswer(answer) && s.OnFixed != nil {
				c.do(ctx, s.OnFixed)
			}
		},
		OnLights: func(lights rfb.Lights) {
			if s.learnLights(lights) {
				c.do(ctx, s.alignLocks)
			}
		},
		OnBell:    func() { c.do(ctx, s.ring) },
		OnCutText: func(text string) { c.do(ctx, func() { s.takeText(text) }) },
		TakesText: s.takesText,
	}
}

// tell shows a state and tells the owner.
func (c *session) tell(ctx context.Context, status Status) {
	s := c.screen
	c.do(ctx, func() {
		s.mu.Lock()
		s.status = status
		s.mu.Unlock()
		if status.State != Connected {
			s.freePointer()
		}
		s.grabIfUseful()
		s.native.showCursor()
		if status.State == Connected {
			s.giveText()
		}
		s.refresh()
		if s.OnStatus != nil {
			s.OnStatus(status)
		}
	})
}

// do runs f on Fyne's goroutine unless the session has ended by then.
func (c *session) do(ctx context.Context, f func()) {
	fyne.Do(func() {
		if ctx.Err() == nil {
			f()
		}
	})
}

func (s *Screen) attach(client *rfb.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client = client
	s.applyIdle()
	s.trySound()
}

// detach forgets the connection and the keys and buttons that were held in it.
func (s *Screen) detach() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client = nil
	s.trySound()
	s.keyboard = keyboard{capsLock: s.keyboard.capsLock, numLock: s.keyboard.numLock}
	s.lights, s.lit = 0, false
	s.cursor = nil
	s.unfollow()
	s.sharer.last = ""
	s.pointer.buttons = 0
}

// repaint runs on Fyne's goroutine, at most once per interval.
func (s *Screen) repaint() {
	s.trace(TraceRepaintAsked)
	s.refresh()
}

func (s *Screen) ring() {
	if s.OnBell != nil {
		s.OnBell()
	}
}
