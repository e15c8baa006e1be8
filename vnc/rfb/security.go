package rfb

import (
	"context"
	"crypto/des" // VNC authentication is defined with DES (RFC 6143 section 7.2.2).
	"fmt"
	"math/bits"
	"slices"
)

// Security types of RFC 6143 section 7.1.2.
const (
	securityInvalid = 0
	securityNone    = 1
	securityVNC     = 2
	// securityVeNCrypt is of the registry: "VeNCrypt" in rfbproto.
	securityVeNCrypt = 19
)

// A PasswordFunc is asked when the server wants a password. VNC authentication
// uses its first eight bytes.
type PasswordFunc func(ctx context.Context) (string, error)

// authenticate agrees on a security type and carries it out.
func (h *handshake) authenticate(ctx context.Context) error {
	chosen, err := h.chooseSecurity()
	if err != nil {
		return err
	}
	switch chosen {
	case securityVNC:
		err = h.answerChallenge(ctx)
	case securityVeNCrypt:
		err = h.authenticateEncrypted(ctx)
	default:
		if h.version < version38 {
			return nil // no result is sent for None
		}
	}
	if err != nil {
		return err
	}
	return h.securityResult()
}

// acceptable are the security types that we speak, the preferred first: what
// asks the least, unless encryption is required.
func (h *handshake) acceptable() []uint8 {
	if h.opts.TLS.Required {
		return []uint8{securityVeNCrypt}
	}
	return []uint8{securityNone, securityVNC, securityVeNCrypt}
}

// chooseSecurity takes the first acceptable type that the server offers. Before
// version 3.7 the server decides alone.
func (h *handshake) chooseSecurity() (uint8, error) {
	h.in.begin("security types")
	offered, err := h.offeredSecurity()
	if err != nil {
		return 0, err
	}
	for _, ours := range h.acceptable() {
		if !slices.Contains(offered, ours) {
			continue
		}
		if h.version >= version37 {
			h.send("security type", ours)
		}
		return ours, h.in.err
	}
	return 0, &SecurityError{Offered: offered}
}

func (h *handshake) offeredSecurity() ([]uint8, error) {
	var offered []uint8
	if h.version == version33 {
		only := h.in.u32()
		if only > 255 {
			h.in.fail(malformed("security type %d", only))
		}
		offered = []uint8{uint8(only)}
	} else {
		offered = make([]uint8, h.in.u8())
		h.in.full(offered)
	}
	if h.in.err != nil {
		return nil, h.in.err
	}
	if len(offered) == 0 || offered[0] == securityInvalid {
		return nil, h.refused()
	}
	return offered, nil
}

func (h *handshake) refused() error {
	h.in.begin("reason of refusal")
	reason := h.in.text(maxReason)
	if h.in.err != nil {
		return h.in.err
	}
	return &RefusedError{Reason: reason}
}

// answerChallenge proves that we know the password (RFC 6143 section 7.2.2).
func (h *handshake) answerChallenge(ctx context.Context) error {
	h.in.begin("authentication challenge")
	var challenge [16]byte
	h.in.full(challenge[:])
	if h.in.err != nil {
		return h.in.err
	}
	if h.opts.Password == nil {
		return ErrPasswordNeeded
	}
	secret, err := h.opts.Password(ctx)
	if err != nil {
		return &UnansweredError{"the password", err}
	}
	answer, err := encryptChallenge(challenge, secret)
	if err != nil {
		return err
	}
	h.send("authentication response", answer[:]...)
	return h.in.err
}

// encryptChallenge encrypts the challenge with the password as key. Bits of
// each byte of the key go the other way round than DES has them.
func encryptChallenge(challenge [16]byte, secret string) (answer [16]byte, err error) {
	var key [8]byte
	copy(key[:], secret)
	for i, b := range key {
		key[i] = bits.Reverse8(b)
	}
	block, err := des.NewCipher(key[:]) // see the import
	if err != nil {
		return answer, fmt.Errorf("rfb: authentication: %w", err)
	}
	block.Encrypt(answer[:8], challenge[:8])
	block.Encrypt(answer[8:], challenge[8:])
	return answer, nil
}

// securityResult reads whether we may come in (RFC 6143 section 7.1.3).
func (h *handshake) securityResult() error {
	h.in.begin("security result")
	result := h.in.u32()
	if h.in.err != nil || result == 0 {
		return h.in.err
	}
	var reason string
	if h.version == version38 {
		reason = h.in.text(maxReason)
	}
	if h.in.err != nil {
		return h.in.err
	}
	return &AuthError{Reason: reason}
}
