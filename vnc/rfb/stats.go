package rfb

import "sync/atomic"

// Stats count what a client has decoded.
type Stats struct {
	Rectangles uint64              // of pixels
	Pixels     uint64              // in them
	Encodings  map[Encoding]uint64 // rectangles by encoding
}

// Stats returns what has been decoded so far.
func (c *Client) Stats() Stats {
	stats := Stats{Pixels: c.pixels.Load(), Encodings: make(map[Encoding]uint64)}
	for i := range c.rectangles {
		if n := c.rectangles[i].Load(); n > 0 {
			stats.Rectangles += n
			stats.Encodings[decoders[i].encoding] = n
		}
	}
	return stats
}

// countRectangle counts a rectangle of pixels by its place in decoders.
func (c *Client) countRectangle(decoder int, r rectangle) {
	c.rectangles[decoder].Add(1)
	c.pixels.Add(uint64(r.width * r.height)) //nolint:gosec // not negative
}

func newCounters() []atomic.Uint64 { return make([]atomic.Uint64, len(decoders)) }
