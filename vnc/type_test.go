package vnc_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

func TestATextIsTypedKeyByKey(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, _, _ := connect(t, guest)
	text, _ := rfb.LayoutOf("de").Type("aZ@")
	var done []int
	if err := screen.Type(t.Context(), text, func(n int) { done = append(done, n) }); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, guest,
		0x1e, 0x9e,
		0x2a, 0x15, 0x95, 0xaa, // Shift and the key that is Y on a US keyboard
		0xe0, 0x38, 0x10, 0x90, 0xe0, 0xb8) // AltGr and Q
	if len(done) != 3 || done[2] != 3 {
		t.Errorf("told %v", done)
	}
}

func TestALongTextArrivesWholeAndCanBeStopped(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, _, _ := connect(t, guest)
	text, _ := rfb.LayoutOf("us").Type(strings.Repeat("ab", 100))
	if err := screen.Type(t.Context(), text, func(int) {}); err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte{0x1e, 0x9e, 0x30, 0xb0}, 100)
	wantKeys(t, guest, want...)
	ctx, cancel := context.WithCancel(t.Context())
	err := screen.Type(ctx, text, func(done int) {
		if done == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	wantKeys(t, guest, append(want, 0x1e, 0x9e, 0x30, 0xb0)...)
}

func TestATextIsNotTypedIntoNothing(t *testing.T) {
	screen, _, _ := show(t)
	text, _ := rfb.LayoutOf("us").Type("a")
	if err := screen.Type(t.Context(), text, func(int) {}); !errors.Is(err, rfb.ErrDisconnected) {
		t.Errorf("got %v", err)
	}
}
