//go:build go1.25

package rfb_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

func TestASilentServerIsGivenUpInTheHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := connect(t, rfb.Options{Patience: 3 * time.Second}, func(s *server) {
			s.say(version38)
			s.hear(version38)
		})
		wantMessage(t, err, "security types", os.ErrDeadlineExceeded)
		if waited := time.Since(start); waited != 3*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestConnectEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, conn := listen(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := rfb.Connect(ctx, conn, rfb.Options{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
		}
	})
}

func TestAServerThatStopsWithinAMessageIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, ended := session(t, rfb.Options{Patience: 2 * time.Second})
		s.deafen()
		<-time.After(time.Hour) // between messages it may rest
		s.say(update(1, header(0, 0, 4, 2, 0), pixels(3, 1, 1, 1)))
		start := time.Now()
		wantMessage(t, <-ended, "framebuffer update", os.ErrDeadlineExceeded)
		if waited := time.Since(start); waited != 2*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}
