package rfb

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math/bits"
	"strings"
)

// The community's extension to cut text (rfbproto: "Extended Clipboard"): text
// in UTF-8 that is announced, asked for, and sent compressed.
const (
	clipText = 1 << 0 // the one format that we know of 16

	clipFormats = 1<<16 - 1
	clipCaps    = 1 << 24
	clipRequest = 1 << 25
	clipPeek    = 1 << 26
	clipNotify  = 1 << 27
	clipProvide = 1 << 28
)

// MaxCutText is how many bytes of text the server's side gets at most: as many as
// QEMU hands to a guest's agent, with its own 28 bytes in a message of 1 MiB. What
// is longer it would announce to the guest and never deliver.
const MaxCutText = 1<<20 - 28

// maxPackedText bounds what is read of a compressed text.
const maxPackedText = maxCutText + 64<<10

// A clipboard is what is known of both sides' texts.
type clipboard struct {
	extended bool // the server has said that it knows the extension
	own      string
	newest   bool // own is: the server has told no text since
}

// CutText makes text the clipboard of this side, in place of the one before;
// empty withdraws it, unless the server's side has a newer one. A server that
// knows the extended clipboard hears that there is one, and gets it when it asks;
// others are sent what Latin-1 has of it. A text of more than MaxCutText bytes is
// ErrLongText.
func (c *Client) CutText(text string) error {
	if len(text) > MaxCutText {
		return ErrLongText
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clip.own = text
	if text == "" && !c.clip.newest {
		return nil
	}
	c.clip.newest = text != ""
	if c.clip.extended {
		c.announce()
	} else {
		c.sendBulk(cutTextMessage(toLatin1(text)))
	}
	return nil
}

// announce says whether there is a text. The caller holds c.mu.
func (c *Client) announce() {
	flags := uint32(clipNotify)
	if c.clip.own != "" {
		flags |= clipText
	}
	c.send(clipboardMessage(flags, nil))
}

// readClipboard reads a message of the extension, whose length is known.
func (c *Client) readClipboard(length int) {
	if length < 4 {
		c.in.fail(malformed("clipboard message of %d bytes", length))
		return
	}
	flags := c.in.u32()
	rest := length - 4
	switch {
	case c.in.err != nil:
	case flags&clipCaps != 0:
		c.readClipboardCaps(flags, rest)
	case flags&clipProvide != 0:
		c.readProvided(flags, rest)
	default:
		c.in.skip(rest)
		if c.in.err == nil {
			c.hearClipboard(flags)
		}
	}
}

// readClipboardCaps answers what the server can with what we can: a size of
// zero means that nothing comes unasked.
func (c *Client) readClipboardCaps(flags uint32, rest int) {
	if rest < 4*bits.OnesCount32(flags&clipFormats) {
		c.in.fail(malformed("clipboard formats in %d bytes", rest))
		return
	}
	c.in.skip(rest)
	if c.in.err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clip.extended = true
	c.send(clipboardMessage(clipCaps|clipRequest|clipPeek|clipNotify|clipProvide|clipText, make([]byte, 4)))
	if c.clip.own != "" {
		c.announce()
	}
}

// hearClipboard answers what carries no data.
func (c *Client) hearClipboard(flags uint32) {
	if flags&clipNotify != 0 && flags&clipText != 0 && c.wantsText() {
		c.send(clipboardMessage(clipRequest|clipText, nil))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if flags&clipNotify != 0 {
		c.clip.newest = false
	}
	if flags&clipPeek != 0 {
		c.announce()
	}
	if flags&clipRequest != 0 && flags&clipText != 0 && c.clip.own != "" {
		c.sendBulk(clipboardMessage(clipProvide|clipText, c.pack(c.clip.own)))
	}
}

func (c *Client) wantsText() bool {
	return c.opts.OnCutText != nil && (c.opts.TakesText == nil || c.opts.TakesText())
}

// readProvided hands the server's text to the owner. Like a cut text it is
// dropped where it is too long or nobody wants it.
func (c *Client) readProvided(flags uint32, rest int) {
	if flags&clipText == 0 || rest > maxPackedText || !c.wantsText() {
		c.in.skip(rest)
		return
	}
	packed := make([]byte, rest)
	c.in.full(packed)
	if c.in.err != nil {
		return
	}
	text, err := unpackText(packed)
	if err != nil {
		c.in.fail(malformed("clipboard: %v", err))
		return
	}
	if text != "" {
		c.opts.OnCutText(text)
	}
}

// unpackText returns the text, the first of what was packed, with line ends of
// one character; nothing if it is too long.
func unpackText(packed []byte) (string, error) {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	var size [4]byte
	if _, err := io.ReadFull(z, size[:]); err != nil {
		return "", fmt.Errorf("size: %w", err)
	}
	length := be.Uint32(size[:])
	if length > maxCutText+1 {
		return "", nil
	}
	text, err := io.ReadAll(io.LimitReader(z, int64(length)))
	if err != nil {
		return "", err
	}
	if len(text) < int(length) {
		return "", fmt.Errorf("%d of %d bytes", len(text), length)
	}
	text = bytes.TrimSuffix(text, []byte{0})
	if len(text) > maxCutText {
		return "", nil
	}
	return strings.ReplaceAll(strings.ToValidUTF8(string(text), "\uFFFD"), "\r\n", "\n"), nil
}

// pack compresses a text for the server: with line ends of two characters and a
// zero at its end. QEMU hands it to the guest as it comes, so there it stays as
// it is. The caller holds c.mu.
func (c *Client) pack(text string) []byte {
	if !c.qemu() {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n") + "\x00"
	}
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestSpeed) // the level is one
	for _, part := range [][]byte{be.AppendUint32(nil, uint32(len(text))), []byte(text)} {
		_, _ = z.Write(part) // into memory
	}
	_ = z.Close()
	return packed.Bytes()
}

// sendBulk sends a message that may be longer than the backlog of the rest.
func (c *Client) sendBulk(message []byte) {
	if err := c.out.putBulk(message); err != nil {
		c.closeWith(err)
	}
}

// clipboardMessage is a cut text whose length is negative.
func clipboardMessage(flags uint32, data []byte) []byte {
	m := be.AppendUint32([]byte{sendCutText, 0, 0, 0}, uint32(-int32(4+len(data)))) // small
	return append(be.AppendUint32(m, flags), data...)
}

func cutTextMessage(latin1 []byte) []byte {
	m := be.AppendUint32([]byte{sendCutText, 0, 0, 0}, uint32(len(latin1)))
	return append(m, latin1...)
}

// toLatin1 writes a question mark for what Latin-1 does not have.
func toLatin1(text string) []byte {
	b := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return b
}
