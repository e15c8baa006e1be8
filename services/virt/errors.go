package virt

import (
	"context"
	"errors"
	"fmt"
)

// An ErrorKind is the class of a failure: what front ends branch on.
type ErrorKind string

// The kinds of failure. Exit codes and dialogs follow from them.
const (
	KindInternal        ErrorKind = "internal"
	KindInvalid         ErrorKind = "invalid"
	KindNotFound        ErrorKind = "not_found"
	KindExists          ErrorKind = "exists"
	KindState           ErrorKind = "state"
	KindForbidden       ErrorKind = "forbidden"
	KindUnauthenticated ErrorKind = "unauthenticated"
	KindUnavailable     ErrorKind = "unavailable"
	KindUnsupported     ErrorKind = "unsupported"
	KindNoSpace         ErrorKind = "no_space"
	KindCancelled       ErrorKind = "cancelled"
	KindTimeout         ErrorKind = "timeout"
	KindInterrupted     ErrorKind = "interrupted"
	KindPartial         ErrorKind = "partial"
)

// Error makes a bare kind usable with errors.Is.
func (k ErrorKind) Error() string { return string(k) }

// One value a kind, for errors.Is.
var (
	ErrInternal        error = KindInternal
	ErrInvalid         error = KindInvalid
	ErrNotFound        error = KindNotFound
	ErrExists          error = KindExists
	ErrState           error = KindState
	ErrForbidden       error = KindForbidden
	ErrUnauthenticated error = KindUnauthenticated
	ErrUnavailable     error = KindUnavailable
	ErrUnsupported     error = KindUnsupported
	ErrNoSpace         error = KindNoSpace
	ErrCancelled       error = KindCancelled
	ErrTimeout         error = KindTimeout
	ErrInterrupted     error = KindInterrupted
	ErrPartial         error = KindPartial
)

// An Error says what failed, on what, of which kind it is and what helps.
type Error struct {
	Kind   ErrorKind
	Action Action // what was asked; empty below the door
	Ref    Ref    // of what
	Cause  string // why it failed, an English sentence where we know it; may be empty
	Hint   string // what the person can do, an English sentence; may be empty
	Err    error  // what libvirt, SQLite or the system said
}

// Errorf returns an Error of the kind whose text is formatted; %w wraps.
func Errorf(kind ErrorKind, format string, args ...any) *Error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...)}
}

// WithHint returns e with the sentence that says what to do.
func (e *Error) WithHint(hint string) *Error { e.Hint = hint; return e }

// Error is the sentence without action and hint.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return string(e.Kind)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is e's kind.
func (e *Error) Is(target error) bool {
	k, ok := target.(ErrorKind) //nolint:errorlint // a kind is compared, never wrapped
	return ok && k == e.Kind
}

// KindOf classifies any error: the outermost Error's kind, else cancelled or
// timeout for context errors, else internal. Nil has no kind.
func KindOf(err error) ErrorKind {
	var e *Error
	var k ErrorKind
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Kind
	case errors.As(err, &k):
		return k
	case errors.Is(err, context.DeadlineExceeded):
		return KindTimeout
	case errors.Is(err, context.Canceled):
		return KindCancelled
	default:
		return KindInternal
	}
}

// HintOf returns the first hint in err's chain.
func HintOf(err error) string { return firstOf(err, func(e *Error) string { return e.Hint }) }

// CauseOf returns the first cause in err's chain.
func CauseOf(err error) string { return firstOf(err, func(e *Error) string { return e.Cause }) }

func firstOf(err error, words func(*Error) string) string {
	for err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return ""
		}
		if text := words(e); text != "" {
			return text
		}
		err = e.Err
	}
	return ""
}
