package vnc

import (
	"fmt"
	"image"
	"image/color"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// Events that a Screen traces.
const (
	TraceUpdateReceived = "update_received" // the last byte of an update was read and decoded
	TraceRepaintAsked   = "repaint_asked"   // Fyne was asked to paint the picture
)

// A Screen is a widget that shows a VNC server's screen and sends it keys and
// pointer movements. The exported fields are set before Connect; the
// functions are called on Fyne's goroutine, but for Trace.
type Screen struct {
	widget.BaseWidget

	OnStatus   func(Status)        // the connection changed
	OnFocus    func(focused bool)  // the keyboard goes to the guest, or no longer
	OnRelease  func()              // the keys of SetRelease let go of keyboard and pointer
	OnPointer  func(fyne.Position) // the pointer moved over the widget; not while it is captured
	OnFixed    func()              // the guest was to follow, and its server refused
	OnBell     func()
	OnLongText func(bytes int) // a text is too long for the guest's clipboard; once for each
	// A combination of SetPassed that the desktop has not taken is the window's.
	OnHostKey      func(*fyne.KeyEvent)
	OnHostShortcut func(fyne.Shortcut)
	OnSound        func()             // Sound may say something else than before
	Trace          func(event string) // called on any goroutine
	ViewOnly       bool               // the guest gets neither keys nor clicks

	SoundTitle string // what mixers call the guest's sound; empty: the widget's name

	frame   rfb.Frame
	painter painter
	view    atomic.Pointer[renderer] // nil until it is shown
	native  native

	mu       sync.Mutex
	name     string
	client   *rfb.Client // while connected
	status   Status
	focused  bool
	placed   placement
	scaling  Scaling
	follower follower
	hidden   bool
	paused   bool
	unseen   bool
	keyboard keyboard
	letsGo   releaseKeys
	passes   passedKeys
	sharer   sharer
	speaker  speaker
	lights   rfb.Lights // of the guest's keyboard
	lit      bool       // the server tells lights
	pointer  pointer
	cursor   *guestCursor // nil until the server tells it

	session  *session // the newest
	sessions sync.WaitGroup
	turn     chan struct{} // held by the session that draws into frame
}

var (
	_ fyne.Focusable    = (*Screen)(nil)
	_ fyne.Tabbable     = (*Screen)(nil)
	_ fyne.Shortcutable = (*Screen)(nil)
	_ fyne.Scrollable   = (*Screen)(nil)
	_ fyne.Draggable    = (*Screen)(nil)
	_ desktop.Keyable   = (*Screen)(nil)
	_ desktop.Mouseable = (*Screen)(nil)
	_ desktop.Hoverable = (*Screen)(nil)

	_ desktop.Cursorable = (*Screen)(nil)
)

// NewScreen returns a screen without connection. name is what assistive
// technology calls it.
func NewScreen(name string) *Screen {
	s := &Screen{name: name, painter: newPainter(), turn: make(chan struct{}, 1)}
	s.ExtendBaseWidget(s)
	return s
}

// A11yRole says what the widget is to assistive technology.
func (s *Screen) A11yRole() string { return "drawing area" }

// A11yName says what the widget shows.
func (s *Screen) A11yName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.name
}

// SetName gives the widget another name.
func (s *Screen) SetName(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.name = name
}

// SetScaling chooses how the guest's pixels fill the widget.
func (s *Screen) SetScaling(how Scaling) {
	s.mu.Lock()
	s.scaling = how
	s.follower.asked = image.Point{}
	s.follow()
	s.mu.Unlock()
	s.refresh()
}

// Picture returns a copy of what the guest shows, or showed last.
func (s *Screen) Picture() *image.RGBA { return s.frame.Picture() }

// Stats describe a screen for tests and tools.
type Stats struct {
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Updates uint64 `json:"updates"` // decoded since the widget was made
	Hash    string `json:"hash"`    // of the picture: rfb.Frame.Hash in 16 hex digits
}

// Stats returns the size, the count of updates and the hash of the picture.
func (s *Screen) Stats() Stats {
	size := s.frame.Size()
	return Stats{
		Width: size.X, Height: size.Y,
		Updates: s.frame.Updates(),
		Hash:    fmt.Sprintf("%016x", s.frame.Hash()),
	}
}

// RequestSize asks the guest for another screen size, in pixels. It returns
// rfb.ErrFixedSize when the server does not offer that or is not connected.
func (s *Screen) RequestSize(width, height int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		return rfb.ErrFixedSize
	}
	return s.client.RequestSize(width, height)
}

// Show resumes what Hide paused.
func (s *Screen) Show() {
	s.setIdle(func() { s.hidden = false })
	s.BaseWidget.Show()
}

// Hide hides the widget, lets go of the keyboard and stops asking for updates.
func (s *Screen) Hide() {
	s.giveBack()
	s.setIdle(func() { s.hidden = true })
	s.BaseWidget.Hide()
}

// Pause lets go of the keyboard and stops asking for updates and painting, for
// owners that hide the widget otherwise than by Hide: with its parent.
func (s *Screen) Pause() {
	s.giveBack()
	s.setIdle(func() { s.paused = true })
}

// Resume ends Pause; what changed meanwhile is shown.
func (s *Screen) Resume() { s.setIdle(func() { s.paused = false }) }

// SetSeen says whether anybody can see the window that the widget is in, which is
// so at first. What nobody sees is neither asked for nor painted; the keyboard
// stays where it is, and the sound goes on.
func (s *Screen) SetSeen(seen bool) { s.setIdle(func() { s.unseen = !seen }) }

// setIdle changes hidden, paused or unseen and tells the connection.
func (s *Screen) setIdle(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	s.applyIdle()
	s.trySound()
	s.follow()
}

// applyIdle stops or starts updates; the caller holds s.mu.
func (s *Screen) applyIdle() {
	idle := s.hidden || s.paused || s.unseen
	s.painter.setIdle(idle)
	switch {
	case s.client == nil:
	case idle:
		s.client.Pause()
	default:
		s.client.Resume()
	}
}

// refresh shows a new picture, size or state. BaseWidget.Refresh would do the
// same by way of Fyne's cache of renderers, which is not for several goroutines:
// but fyne.Do runs on any goroutine under Fyne's test driver.
func (s *Screen) refresh() {
	if r := s.view.Load(); r != nil {
		r.Refresh()
	}
}

func (s *Screen) trace(event string) {
	if s.Trace != nil {
		s.Trace(event)
	}
}

// density returns how many pixels of the monitor one Fyne unit has.
func (s *Screen) density() float32 {
	if c := s.canvas(); c != nil {
		return c.Scale()
	}
	return 1
}

func (s *Screen) canvas() fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(s)
}

// CreateRenderer is called by Fyne.
func (s *Screen) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	r := &renderer{
		screen:  s,
		surface: canvas.NewRectangle(color.Black),
		shade:   canvas.NewRectangle(color.NRGBA{A: 0x99}),
		size:    s.Size(),
	}
	r.picture = canvas.NewRaster(r.paint)
	r.shade.Hide()
	s.view.Store(r)
	return r
}
