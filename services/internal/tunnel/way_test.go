package tunnel_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/kvmmanager/kvm-manager/services/internal/tunnel"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// take connects to the way as libvirt's client does, and says something.
func take(t *testing.T, way *tunnel.Way) net.Conn {
	t.Helper()
	u, err := url.Parse(way.URI("system"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", u.Query().Get("socket"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// wantEcho fails the test unless what is said comes back.
func wantEcho(t *testing.T, conn net.Conn) {
	t.Helper()
	heard := make([]byte, 5)
	_, err := io.WriteString(conn, "hello")
	if err == nil {
		_, err = io.ReadFull(conn, heard)
	}
	if err != nil || string(heard) != "hello" {
		t.Fatalf("heard %q, %v", heard, err)
	}
}

func TestAWayEndsItsStreamsWhenTheFarEndDoesAndLeavesNothing(t *testing.T) {
	g := newGate(t)
	g.letIn()
	far := make(chan ssh.Channel, 1)
	g.channel = func(kind string, c ssh.NewChannel) {
		if len(far) > 0 || kind != "direct-streamlocal@openssh.com" {
			streamsOnly(kind, c)
			return
		}
		stream, requests, err := c.Accept()
		if err == nil {
			go ssh.DiscardRequests(requests)
			far <- stream
		}
	}
	g.host.Socket = "/run/libvirt/libvirt-sock"
	way, err := g.open(nobody)
	if err != nil {
		t.Fatal(err)
	}
	dirs, err := filepath.Glob(filepath.Join(g.dirs.Runtime, "way-*"))
	if err != nil || len(dirs) != 1 {
		t.Fatalf("there are %v, %v", dirs, err)
	}
	if info, err := os.Stat(dirs[0]); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others may take it: %v, %v", info.Mode(), err)
	}

	first, stream := take(t, way), <-far
	far <- stream // it was the only one of its kind
	second := take(t, way)
	wantEcho(t, second)
	if err := stream.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := first.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("a stream whose far end closed: %d bytes, %v", n, err)
	}
	wantEcho(t, second) // the other one goes on

	g.cut()
	if n, err := second.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("a stream whose line was cut: %d bytes, %v", n, err)
	}
	if err := way.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(g.dirs.Runtime); err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestHowLibvirtIsReachedWhereItsHelperIsMissing(t *testing.T) {
	for what, c := range map[string]struct {
		session  bool
		channels func(kind string, c ssh.NewChannel)
		kind     virt.ErrorKind
	}{
		"by the usual socket":         {false, streamsOnly, ""},
		"a user's own libvirt is not": {true, streamsOnly, virt.KindUnsupported},
		"not where all is prohibited": {false, nil, virt.KindForbidden},
		"not where nothing listens": {false, func(_ string, c ssh.NewChannel) {
			_ = c.Reject(ssh.ConnectionFailed, "open failed")
		}, virt.KindUnavailable},
	} {
		t.Run(what, func(t *testing.T) {
			g := newGate(t)
			g.letIn()
			g.channel, g.host.Session = c.channels, c.session
			way, err := g.open(nobody)
			if c.kind != "" {
				wantKind(t, what, err, c.kind)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			wantEcho(t, take(t, way))
		})
	}
}

// streamsOnly is a host without programs: it leads to its sockets.
func streamsOnly(kind string, c ssh.NewChannel) {
	if kind == "direct-streamlocal@openssh.com" {
		echo(c)
		return
	}
	_ = c.Reject(ssh.Prohibited, kind)
}

func TestWhatAHostDoesNotForwardIsSaidToBeSo(t *testing.T) {
	g := newGate(t)
	g.letIn()
	g.host.Socket = "/run/libvirt/libvirt-sock"
	way, err := g.open(nobody)
	if err != nil {
		t.Fatal(err)
	}
	_, err = way.Dial(context.Background(), "tcp", "127.0.0.1:5900")
	wantKind(t, "a screen", err, virt.KindForbidden)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err = way.Dial(ended, "tcp", "127.0.0.1:5900"); err == nil {
		t.Error("a screen for nobody was reached")
	}
}

func TestAWayOfOursIsOverSSHOrTLS(t *testing.T) {
	_, err := tunnel.Open(context.Background(), virt.SavedHost{Transport: virt.TransportTCP, Address: "127.0.0.1"}, tunnel.Options{})
	if !errors.Is(err, virt.ErrUnsupported) {
		t.Errorf("got %v", err)
	}
}
