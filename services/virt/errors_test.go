package virt

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestAnErrorIsItsKindThroughWrapping(t *testing.T) {
	err := fmt.Errorf("copy disks: %w", &Error{Kind: KindNoSpace, Err: errors.New("write: no space left on device")})
	if !errors.Is(err, ErrNoSpace) || errors.Is(err, ErrExists) {
		t.Errorf("%v is taken for the wrong kind", err)
	}
	if got := KindOf(err); got != KindNoSpace {
		t.Errorf("KindOf(%v) = %s", err, got)
	}
}

func TestKindOfKnowsContextErrorsAndStrangers(t *testing.T) {
	for _, c := range []struct {
		err  error
		want ErrorKind
	}{
		{nil, ""},
		{context.Canceled, KindCancelled},
		{fmt.Errorf("wait: %w", context.DeadlineExceeded), KindTimeout},
		{errors.New("surprise"), KindInternal},
		{ErrState, KindState},
	} {
		if got := KindOf(c.err); got != c.want {
			t.Errorf("KindOf(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}

func TestHintOfFindsTheFirstHintInTheChain(t *testing.T) {
	inner := Errorf(KindUnavailable, "no daemon").WithHint("Start it.")
	if got := HintOf(fmt.Errorf("connect: %w", &Error{Kind: KindUnavailable, Err: inner})); got != "Start it." {
		t.Errorf("HintOf = %q", got)
	}
	if got := HintOf(errors.New("no hint")); got != "" {
		t.Errorf("HintOf = %q", got)
	}
}
