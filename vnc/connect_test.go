package vnc_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

func TestALostConnectionIsDimmedAndTriedAgain(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, told, _ := show(t)
	var mu sync.Mutex
	socket := guest.Socket
	screen.Connect(t.Context(), func(ctx context.Context) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}, nobody)
	rfbtest.Eventually(t, "a picture", func() bool { return screen.Stats().Updates > 0 })
	guest.Kill()
	rfbtest.Eventually(t, "the loss", func() bool { return told.last().State == vnc.Lost })
	picture := screen.Stats()
	rfbtest.Eventually(t, "the second pause", func() bool { return told.last().RetryIn >= time.Second/2 })
	if after := screen.Stats(); after != picture || after.Width != 720 {
		t.Errorf("the last picture did not stay: %+v, then %+v", picture, after)
	}
	again := rfbtest.Start(t, "")
	mu.Lock()
	socket = again.Socket
	mu.Unlock()
	rfbtest.Eventually(t, "connected again", func() bool { return told.last().State == vnc.Connected })
	screen.SendKeys(rfb.KeyB)
	wantKeys(t, again, 0x30, 0xb0)
}

func TestAWrongPasswordIsTriedAgainWithAnother(t *testing.T) {
	guest := rfbtest.Start(t, ",password-secret=pw", "-object", "secret,id=pw,data=opensesame")
	screen, told, _ := show(t)
	guard := &keeper{answer: func(asked int) (string, error) {
		if asked == 1 {
			return "wrong", nil
		}
		return "opensesame", nil
	}}
	screen.Connect(t.Context(), dial(guest), guard)
	rfbtest.Eventually(t, "Connected", func() bool { return told.last().State == vnc.Connected })
	guard.mu.Lock()
	defer guard.mu.Unlock()
	if guard.asked != 2 || guard.refused != 1 || guard.entered != 1 {
		t.Errorf("asked %d times, refused %d, entered %d", guard.asked, guard.refused, guard.entered)
	}
}

func TestWhoGivesNoPasswordIsNotAskedAgain(t *testing.T) {
	guest := rfbtest.Start(t, ",password-secret=pw", "-object", "secret,id=pw,data=opensesame")
	screen, told, _ := show(t)
	cancelled := errors.New("cancelled")
	screen.Connect(t.Context(), dial(guest), &keeper{answer: func(int) (string, error) { return "", cancelled }})
	rfbtest.Eventually(t, "the end", func() bool { return told.last().State == vnc.Lost })
	if s := told.last(); !errors.Is(s.Err, cancelled) || s.RetryIn != 0 {
		t.Errorf("status %+v", s)
	}
}

func TestFailuresToDialAreToldAndRetriedEverSlower(t *testing.T) {
	screen, told, _ := show(t)
	refused := errors.New("nobody there")
	screen.Connect(t.Context(), func(context.Context) (net.Conn, error) { return nil, refused }, nobody)
	rfbtest.Eventually(t, "three attempts", func() bool { return len(told.all()) >= 6 })
	screen.Close()
	screen.Wait()
	pause := 250 * time.Millisecond
	for i, s := range told.all()[:6] {
		want := vnc.Status{State: vnc.Connecting}
		if i%2 == 1 {
			want = vnc.Status{State: vnc.Lost, Err: refused, RetryIn: pause}
			pause *= 2
		}
		if s != want {
			t.Errorf("status %d: %+v, want %+v", i, s, want)
		}
	}
}

func TestCloseDoesNotWaitForADialThatHangs(t *testing.T) {
	screen, told, _ := show(t)
	hanging, give := make(chan struct{}), make(chan net.Conn)
	screen.Connect(t.Context(), func(context.Context) (net.Conn, error) {
		close(hanging)
		return <-give, nil
	}, nobody)
	<-hanging
	start := time.Now()
	screen.Close()
	if took := time.Since(start); took > 100*time.Millisecond {
		t.Errorf("Close took %v", took)
	}
	ours, theirs := net.Pipe()
	give <- theirs
	screen.Wait()
	if _, err := ours.Read(make([]byte, 1)); err == nil {
		t.Error("the late connection was used")
	}
	if last := told.last(); last.State != vnc.Connecting {
		t.Errorf("told %+v after Close", last)
	}
}

func TestASecondConnectTakesOver(t *testing.T) {
	first, second := rfbtest.Start(t, ""), rfbtest.Start(t, "")
	screen, told, _ := connect(t, first)
	screen.Connect(t.Context(), dial(second), nobody)
	rfbtest.Eventually(t, "connected twice", func() bool {
		all := told.all()
		return len(all) == 4 && all[3].State == vnc.Connected
	})
	rfbtest.Eventually(t, "QEMU takes keys", func() bool { return screen.Stats().Updates > 1 })
	screen.SendKeys(rfb.KeyC)
	wantKeys(t, second, 0x2e, 0xae)
	if keys := first.Keys(t); len(keys) != 0 {
		t.Errorf("the first guest read % x", keys)
	}
}
