package rfb

// QEMU's extension for sound (rfbproto: "QEMU Audio").
const (
	qemuAudio = 1 // in messages of both sides

	audioEnable  = 0
	audioDisable = 1
	audioFormat  = 2

	audioEnds   = 0
	audioBegins = 1
	audioData   = 2

	audioS16    = 3       // signed 16 bits, little endian
	audioStereo = 2       // channels
	audioFrame  = 4       // bytes of one sample of both channels
	maxAudio    = 1 << 20 // bytes in one message
	audioPiece  = 32 << 10
)

// Rates of sound that are understood, in samples a second.
const (
	AudioRate44100 = 44100 // at which QEMU mixes unless it is told otherwise
	AudioRate48000 = 48000
)

// Listen asks the server to send the machine's sound to Options.OnSamples from
// now on, at one of the rates above. Every server of QEMU says that it can, and
// those before 8.2 without being connected with the machine's sound, too: then
// nothing comes, or worse, sound is made on their side. Before
// Options.OnAudible was called it is ErrNoSound, for any other rate ErrMalformed.
func (c *Client) Listen(rate int) error {
	if rate != AudioRate44100 && rate != AudioRate48000 {
		return malformed("sound of %d samples a second", rate)
	}
	if !c.audible.Load() {
		return ErrNoSound
	}
	if c.listening.CompareAndSwap(false, true) {
		c.send(audioFormatMessage(rate))
		c.send(audioMessage(audioEnable))
	}
	return nil
}

// StopListening ends Listen; what is on its way is dropped.
func (c *Client) StopListening() {
	if c.listening.CompareAndSwap(true, false) {
		c.send(audioMessage(audioDisable))
	}
}

// Audible says whether the server takes Listen.
func (c *Client) Audible() bool { return c.audible.Load() }

func (o *Options) wantsSamples() bool { return o.OnSamples != nil }

// decodeQEMUAudio learns that the server has sound.
func (c *Client) decodeQEMUAudio(rectangle) {
	if !c.audible.Swap(true) {
		call(c.opts.OnAudible)
	}
}

// readQEMU reads a message of QEMU's own, of which sound is the only kind.
func (c *Client) readQEMU() {
	if kind := c.in.u8(); c.in.err == nil && kind != qemuAudio {
		c.in.fail(malformed("unknown kind %d", kind))
		return
	}
	switch operation := c.in.u16(); {
	case c.in.err != nil:
	case operation == audioBegins, operation == audioEnds:
		if c.listening.Load() && c.opts.OnSound != nil {
			c.opts.OnSound(operation == audioBegins)
		}
	case operation == audioData:
		c.readSamples()
	default:
		c.in.fail(malformed("unknown operation %d", operation))
	}
}

// readSamples hands sound to the owner, in whole samples.
func (c *Client) readSamples() {
	length := c.in.u32()
	if length > maxAudio || length%audioFrame != 0 {
		c.in.fail(malformed("%d bytes of samples", length))
		return
	}
	if !c.listening.Load() || c.opts.OnSamples == nil {
		c.in.skip(int(length))
		return
	}
	if c.samples == nil {
		c.samples = make([]byte, audioPiece)
	}
	for rest := int(length); rest > 0; {
		piece := c.samples[:min(rest, audioPiece)]
		if c.in.full(piece); c.in.err != nil {
			return
		}
		rest -= len(piece)
		c.heard.Add(uint64(len(piece) / audioFrame))
		c.opts.OnSamples(piece)
	}
}

func audioMessage(operation uint16) []byte {
	return be.AppendUint16([]byte{sendQEMU, qemuAudio}, operation)
}

func audioFormatMessage(rate int) []byte {
	m := append(audioMessage(audioFormat), audioS16, audioStereo)
	return be.AppendUint32(m, uint32(rate)) // one of two
}
