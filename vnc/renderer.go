package vnc

import (
	"image"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// minimum is how small a Screen may become in Fyne units when it fits.
var minimum = fyne.NewSize(160, 120)

// A renderer has three objects, because Fyne paints each of them with every
// frame.
type renderer struct {
	screen  *Screen
	surface *canvas.Rectangle // black, beside the picture
	picture *canvas.Raster
	shade   *canvas.Rectangle // over the last picture of a lost connection

	front *image.RGBA // what picture shows; of the painting goroutine

	// mu is for Fyne's test driver, whose fyne.Do runs on any goroutine.
	mu   sync.Mutex
	size fyne.Size // of the screen
}

func (r *renderer) Layout(size fyne.Size) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.size = size
	r.layOut()
}

func (r *renderer) layOut() {
	s, size := r.screen, r.size
	density := s.density()
	s.mu.Lock()
	s.placed = place(size, s.frame.Size(), density, s.scaling)
	placed := s.placed
	s.fill(roomOf(size, density))
	s.mu.Unlock()

	r.surface.Resize(size)
	r.shade.Resize(size)
	if mode := placed.scaleMode(); r.picture.ScaleMode != mode {
		r.picture.ScaleMode = mode
	}
	r.picture.Move(placed.origin)
	r.picture.Resize(placed.size)
}

func (r *renderer) MinSize() fyne.Size {
	s := r.screen
	density := s.density()
	s.mu.Lock()
	defer s.mu.Unlock()
	times := s.scaling.least()
	if times == 0 {
		return minimum
	}
	size := s.frame.Size().Mul(times)
	return fyne.NewSize(float32(size.X)/density, float32(size.Y)/density).Max(minimum)
}

// Refresh shows a new size, state or picture.
func (r *renderer) Refresh() {
	s := r.screen
	r.mu.Lock()
	defer r.mu.Unlock()
	r.layOut()
	s.mu.Lock()
	lost := s.status.State != Connected && s.frame.Updates() > 0
	s.mu.Unlock()
	if lost != r.shade.Visible() {
		r.shade.Hidden = !lost
		canvas.Refresh(r.shade)
	}
	canvas.Refresh(r.picture)
}

func (r *renderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.surface, r.picture, r.shade}
}

func (r *renderer) Destroy() {}

// paint is the raster's generator: it hands out the guest's picture in its own
// size and lets OpenGL scale it. OpenGL reads it after this has returned, hence
// the copy that only painting touches.
func (r *renderer) paint(int, int) image.Image {
	s := r.screen
	if s.native.reach(s.canvas()) {
		s.painter.suit(s.native.renderer())
	}
	r.front, _ = s.frame.Sync(r.front)
	return r.front
}
