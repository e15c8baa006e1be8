package rfb

import (
	"bytes"
	"testing"
)

func TestWaitingMovementsMergeButNeverAButton(t *testing.T) {
	o, c := newOutbox(), &Client{}
	c.manyButtons.Store(true)
	var want []byte
	put := func(x int, buttons Buttons, kept bool) {
		t.Helper()
		m := c.pointerMessage(x, 0, buttons)
		if err := o.putPointer(m); err != nil {
			t.Fatal(err)
		}
		if kept {
			want = append(want, m...)
		}
	}
	put(1, 0, false)
	put(2, 0, true)
	put(3, ButtonLeft, true) // pressed here
	put(4, ButtonLeft, false)
	put(5, ButtonLeft, true)
	put(6, 0, true) // released here
	put(6, ButtonForward, true)
	put(7, ButtonForward, false)
	put(8, ButtonForward, true)
	put(8, ButtonBack, true)
	key := keyMessage('k', true)
	put(7, 0, true) // the key comes after this movement
	if err := o.put(key); err != nil {
		t.Fatal(err)
	}
	want = append(want, key...)
	put(8, 0, true)
	if !bytes.Equal(o.waiting, want) {
		t.Errorf("waiting % x, want % x", o.waiting, want)
	}
}
