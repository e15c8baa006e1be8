package rfb

import (
	"context"
	"fmt"
	"slices"
)

// Subtypes of VeNCrypt (rfbproto: "VeNCrypt") that prove the server by a
// certificate. Those without one are not spoken: they protect from nobody who
// can change what is sent.
const (
	vencryptX509None  = 260
	vencryptX509VNC   = 261
	vencryptX509Plain = 262
)

// maxLogin bounds a name and a password.
const maxLogin = 1024

// A LoginFunc is asked when the server wants a name and a password. Both are
// sent only inside TLS, to a server whose certificate is believed.
type LoginFunc func(ctx context.Context) (user, password string, err error)

// authenticateEncrypted agrees on a subtype of VeNCrypt 0.2, begins TLS and
// carries the subtype out.
func (h *handshake) authenticateEncrypted(ctx context.Context) error {
	if err := h.agreeVeNCrypt(); err != nil {
		return err
	}
	subtype, err := h.chooseSubtype()
	if err != nil {
		return err
	}
	if err := h.encrypt(ctx); err != nil {
		return err
	}
	switch subtype {
	case vencryptX509VNC:
		return h.answerChallenge(ctx)
	case vencryptX509Plain:
		return h.logIn(ctx)
	default:
		return nil
	}
}

func (h *handshake) agreeVeNCrypt() error {
	h.in.begin("VeNCrypt version")
	if major, minor := h.in.u8(), h.in.u8(); h.in.err == nil && major == 0 && minor < 2 {
		h.in.fail(malformed("version %d.%d", major, minor))
	}
	h.send("VeNCrypt version", 0, 2)
	if status := h.in.u8(); status != 0 {
		h.in.fail(malformed("version 0.2 refused with %d", status))
	}
	return h.in.err
}

func (h *handshake) chooseSubtype() (uint32, error) {
	h.in.begin("VeNCrypt subtypes")
	offered := make([]uint32, h.in.u8())
	for i := range offered {
		offered[i] = h.in.u32()
	}
	if h.in.err != nil {
		return 0, h.in.err
	}
	ours := []uint32{vencryptX509None, vencryptX509VNC, vencryptX509Plain}
	if h.opts.Login != nil {
		ours = []uint32{vencryptX509None, vencryptX509Plain, vencryptX509VNC}
	}
	for _, subtype := range ours {
		if !slices.Contains(offered, subtype) {
			continue
		}
		h.send("VeNCrypt subtype", be.AppendUint32(nil, subtype)...)
		if accepted := h.in.u8(); h.in.err == nil && accepted != 1 {
			h.in.fail(malformed("subtype %d refused with %d", subtype, accepted))
		}
		return subtype, h.in.err
	}
	return 0, &SecurityError{Offered: []uint8{securityVeNCrypt}, Subtypes: offered}
}

// logIn sends name and password.
func (h *handshake) logIn(ctx context.Context) error {
	if h.opts.Login == nil {
		return ErrLoginNeeded
	}
	user, password, err := h.opts.Login(ctx)
	if err != nil {
		return &UnansweredError{"name and password", err}
	}
	if len(user) > maxLogin || len(password) > maxLogin {
		return &AuthError{Reason: fmt.Sprintf("name or password of more than %d bytes", maxLogin)}
	}
	m := be.AppendUint32(nil, uint32(len(user)))  // bounded above
	m = be.AppendUint32(m, uint32(len(password))) // bounded above
	h.send("name and password", append(append(m, user...), password...)...)
	return h.in.err
}
