package rfb_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// connect runs Connect against what serve plays.
func connect(t *testing.T, opts rfb.Options, serve func(s *server)) (*rfb.Client, error) {
	t.Helper()
	s, conn := listen(t)
	return connectTo(t, s, conn, opts, serve)
}

func connectTo(t *testing.T, s *server, conn net.Conn, opts rfb.Options, serve func(s *server)) (*rfb.Client, error) {
	t.Helper()
	played := make(chan struct{})
	go func() {
		defer close(played)
		serve(s)
	}()
	client, err := rfb.Connect(t.Context(), conn, opts)
	<-played
	return client, err
}

func password(secret string) rfb.PasswordFunc {
	return func(context.Context) (string, error) { return secret, nil }
}

func TestEveryVersionOfTheProtocolIsAnswered(t *testing.T) {
	for _, c := range []struct{ offered, answered string }{
		{"RFB 003.003\n", "RFB 003.003\n"},
		{"RFB 003.005\n", "RFB 003.003\n"},
		{"RFB 003.007\n", "RFB 003.007\n"},
		{"RFB 003.008\n", "RFB 003.008\n"},
		{"RFB 003.889\n", "RFB 003.008\n"},
		{"RFB 004.001\n", "RFB 003.008\n"},
		{"RFB 005.000\n", "RFB 003.008\n"},
	} {
		client, err := connect(t, rfb.Options{}, func(s *server) {
			s.say(c.offered)
			s.hear(c.answered)
			switch c.answered {
			case "RFB 003.003\n":
				s.say(be32(1))
			case "RFB 003.007\n":
				s.say(none)
				s.hear(1)
			default:
				s.say(none)
				s.hear(1)
				s.say(accepted)
			}
			s.hear(1)
			s.say(screen4x2)
		})
		if err != nil {
			t.Errorf("%q: %v", c.offered, err)
			continue
		}
		if name, size := client.Name(), client.Frame().Size(); name != "test" || size.X != 4 || size.Y != 2 {
			t.Errorf("%q: name %q, size %v", c.offered, name, size)
		}
		client.Close()
	}
}

// Answers to challenges, computed with OpenSSL's DES.
var (
	answerToZeros = bytes.Repeat([]byte{0xb7, 0x9e, 0xf6, 0x5b, 0xa7, 0xf3, 0x4f, 0x04}, 2) // password "x"
	answerToHex   = []byte{                                                                 // "0123456789abcdef", password "opensesame"
		0x69, 0x2e, 0xe7, 0xd6, 0xf0, 0x45, 0xa5, 0x11, 0x34, 0xa9, 0x8d, 0x58, 0xb9, 0xea, 0x2f, 0x41,
	}
)

func TestThePasswordIsProvenNotSent(t *testing.T) {
	client, err := connect(t, rfb.Options{Password: password("opensesame")}, func(s *server) {
		s.say(version38)
		s.hear(version38)
		s.say(2, 19, 2) // VeNCrypt, VNC authentication
		s.hear(2)
		s.say("0123456789abcdef")
		s.hear(answerToHex)
		s.say(accepted)
		s.hear(1)
		s.say(screen4x2)
	})
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
}

func TestAWrongPasswordIsToldWithTheServersReason(t *testing.T) {
	_, err := connect(t, rfb.Options{Password: password("x")}, func(s *server) {
		s.say(version38)
		s.hear(version38)
		s.say(1, 2)
		s.hear(2)
		s.say(make([]byte, 16))
		s.hear(answerToZeros)
		s.say(be32(1), be32(8), "go away!")
	})
	var auth *rfb.AuthError
	if !errors.As(err, &auth) || auth.Reason != "go away!" {
		t.Errorf("got %v", err)
	}
}

func TestAnOldServerGivesNoReason(t *testing.T) {
	_, err := connect(t, rfb.Options{Password: password("x")}, func(s *server) {
		s.say("RFB 003.003\n")
		s.hear("RFB 003.003\n")
		s.say(be32(2), make([]byte, 16))
		s.hear(answerToZeros)
		s.say(be32(1))
	})
	var auth *rfb.AuthError
	if !errors.As(err, &auth) || auth.Reason != "" {
		t.Errorf("got %v", err)
	}
}

func TestAPasswordThatNobodyGivesEndsTheHandshake(t *testing.T) {
	serve := func(s *server) {
		s.say(version38)
		s.hear(version38)
		s.say(1, 2)
		s.hear(2)
		s.say(make([]byte, 16))
	}
	if _, err := connect(t, rfb.Options{}, serve); !errors.Is(err, rfb.ErrPasswordNeeded) {
		t.Errorf("without a function: got %v, want %v", err, rfb.ErrPasswordNeeded)
	}
	cancelled := errors.New("the person pressed Cancel")
	opts := rfb.Options{Password: func(context.Context) (string, error) { return "", cancelled }}
	if _, err := connect(t, opts, serve); !errors.Is(err, cancelled) {
		t.Errorf("with a function that fails: got %v, want %v", err, cancelled)
	}
}

func TestARefusalIsToldWithTheServersReason(t *testing.T) {
	_, err := connect(t, rfb.Options{}, func(s *server) {
		s.say(version38)
		s.hear(version38)
		s.say(0, be32(4), "full")
	})
	var refused *rfb.RefusedError
	if !errors.As(err, &refused) || refused.Reason != "full" {
		t.Errorf("got %v", err)
	}
}

func TestForeignSecurityTypesAreNamed(t *testing.T) {
	_, err := connect(t, rfb.Options{}, func(s *server) {
		s.say(version38)
		s.hear(version38)
		s.say(2, 16, 18)
	})
	var security *rfb.SecurityError
	if !errors.As(err, &security) || string(security.Offered) != "\x10\x12" {
		t.Errorf("got %v", err)
	}
}

func TestALyingHandshakeIsNamed(t *testing.T) {
	types := func(s *server, parts ...any) {
		s.say(version38)
		s.hear(version38)
		s.say(parts...)
	}
	inside := func(s *server, parts ...any) {
		types(s, none)
		s.hear(1)
		s.say(accepted)
		s.hear(1)
		s.say(parts...)
	}
	for message, serve := range map[string]func(s *server){
		"protocol version": func(s *server) { s.say("HTTP/1.1 400") },
		"security types": func(s *server) {
			s.say("RFB 003.003\n")
			s.hear("RFB 003.003\n")
			s.say(be32(1 << 20))
		},
		"reason of refusal":     func(s *server) { types(s, 0, be32(1<<30)) },
		"server initialisation": func(s *server) { inside(s, be16(0, 2), make([]byte, 16), be32(0)) },
	} {
		_, err := connect(t, rfb.Options{}, serve)
		wantMessage(t, err, message, rfb.ErrMalformed)
	}
	for _, lie := range [][]byte{
		wire(be16(40000, 2), make([]byte, 16), be32(0)),
		wire(be16(16384, 16384), make([]byte, 16), be32(0)),
		wire(be16(4, 2), make([]byte, 16), be32(1<<24)),
	} {
		_, err := connect(t, rfb.Options{}, func(s *server) { inside(s, lie) })
		wantMessage(t, err, "server initialisation", rfb.ErrMalformed)
	}
}

func TestAServerThatLeavesInTheHandshakeIsNamed(t *testing.T) {
	_, err := connect(t, rfb.Options{}, func(s *server) {
		s.say("RFB 003")
		_ = s.conn.Close()
	})
	wantMessage(t, err, "protocol version", io.ErrUnexpectedEOF)
}

// wantMessage checks that err names the message and wraps the cause.
func wantMessage(t *testing.T, err error, message string, cause error) {
	t.Helper()
	var m *rfb.MessageError
	if !errors.As(err, &m) || m.Message != message || !errors.Is(err, cause) {
		t.Errorf("got %v, want %q to be %v", err, message, cause)
	}
}
