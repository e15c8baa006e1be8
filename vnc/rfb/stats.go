package rfb

// Stats count what a client has decoded.
type Stats struct {
	Rectangles uint64              // of pixels
	Pixels     uint64              // in them
	Encodings  map[Encoding]uint64 // rectangles by encoding
	Samples    uint64              // of sound, each of both channels
}

// Stats returns what had been decoded at the end of the last update, and the
// sound that has come by now.
func (c *Client) Stats() Stats {
	stats := Stats{Pixels: c.pixels.Load(), Samples: c.heard.Load(), Encodings: make(map[Encoding]uint64)}
	for i := range c.rectangles {
		if n := c.rectangles[i].Load(); n > 0 {
			stats.Rectangles += n
			stats.Encodings[decoders[i].encoding] = n
		}
	}
	return stats
}

// publish tells Stats what Run has counted.
func (c *Client) publish() {
	for i := range c.counted {
		c.rectangles[i].Store(c.counted[i])
	}
	c.pixels.Store(c.drawn)
}
