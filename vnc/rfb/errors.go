package rfb

import (
	"errors"
	"fmt"
)

var (
	// ErrMalformed marks a message that contradicts the protocol, the size of
	// the screen or the bounds of this package.
	ErrMalformed = errors.New("malformed")
	// ErrClosed is what Run returns after Close.
	ErrClosed = errors.New("rfb: connection closed")
	// ErrDisconnected is what Run returns when the server ends the connection
	// between two messages.
	ErrDisconnected = errors.New("rfb: the server ended the connection")
	// ErrBacklog is what Run returns when the server has stopped reading and
	// too much input waits for it.
	ErrBacklog = errors.New("rfb: the server does not read its input")
	// ErrPasswordNeeded is returned by Connect when the server wants a password
	// and Options.Password is nil.
	ErrPasswordNeeded = errors.New("rfb: the server asks for a password")
	// ErrLoginNeeded is returned by Connect when the server wants a name and a
	// password and Options.Login is nil.
	ErrLoginNeeded = errors.New("rfb: the server asks for a name and a password")
	// ErrFixedSize is returned by RequestSize when the server has not said that
	// its screen can be resized.
	ErrFixedSize = errors.New("rfb: the server does not offer to resize its screen")
	// ErrNoSound is returned by Listen when the server has not said that it can
	// send sound.
	ErrNoSound = errors.New("rfb: the server does not offer sound")
	// ErrLongText is returned by CutText for more than MaxCutText bytes.
	ErrLongText = errors.New("rfb: the text is longer than 1 MiB less 28 bytes")
)

// A MessageError says which message of the server could not be read. Err wraps
// ErrMalformed, io.ErrUnexpectedEOF, os.ErrDeadlineExceeded or what the
// connection said.
type MessageError struct {
	Message string // such as "server initialisation" or "framebuffer update"
	Err     error
}

func (e *MessageError) Error() string { return fmt.Sprintf("rfb: %s: %v", e.Message, e.Err) }

func (e *MessageError) Unwrap() error { return e.Err }

// An AuthError says that the server did not accept the password.
type AuthError struct {
	Reason string // in the server's words; empty before version 3.8
}

func (e *AuthError) Error() string {
	if e.Reason == "" {
		return "rfb: authentication failed"
	}
	return "rfb: authentication failed: " + e.Reason
}

// An UnansweredError says that Options.Password or Options.Login gave no answer.
type UnansweredError struct {
	Asked string // such as "the password"
	Err   error  // of the function
}

func (e *UnansweredError) Error() string { return "rfb: ask for " + e.Asked + ": " + e.Err.Error() }

func (e *UnansweredError) Unwrap() error { return e.Err }

// A RefusedError says that the server does not want the connection at all.
type RefusedError struct {
	Reason string // in the server's words
}

func (e *RefusedError) Error() string { return "rfb: connection refused: " + e.Reason }

// A SecurityError says that the server offers only security types that this
// package does not speak.
type SecurityError struct {
	Offered  []uint8  // numbers of RFC 6143 section 7.1.2
	Subtypes []uint32 // of VeNCrypt, where that is the reason
}

func (e *SecurityError) Error() string {
	if len(e.Subtypes) > 0 {
		return fmt.Sprintf("rfb: none of the server's kinds of encryption %v is supported", e.Subtypes)
	}
	return fmt.Sprintf("rfb: none of the server's security types %v is supported", e.Offered)
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}
