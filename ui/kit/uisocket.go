package kit

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"math"
	"net"
	"os"
	"syscall"
	"time"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// UISocketVariable names the environment variable with the path of the UI
// socket. The socket is read-only: it shows what a person could see, and acts
// on nothing. Without the variable there is none.
const UISocketVariable = "KVM_MANAGER_UI_SOCKET"

const (
	socketLine        = 64 << 10 // longest request, bytes
	socketConnections = 8
	socketTimeout     = 10 * time.Second // for requests that name none
)

// socketRequest is one line from the client.
type socketRequest struct {
	Do        string `json:"do"`
	For       string `json:"for"`
	Name      string `json:"name"`
	ID        string `json:"id"`
	TimeoutMS int    `json:"timeout_ms"`
}

// socketWindow is a window in the answer to "windows". Sizes are device pixels.
type socketWindow struct {
	ID     int     `json:"id"`
	Title  string  `json:"title"`
	Width  int     `json:"width"`
	Height int     `json:"height"`
	Scale  float32 `json:"scale"`
}

// ServeUI serves the UI socket at path (mode 0600) until the kit is closed.
// A socket that nobody serves any more is replaced; another file is not.
func (k *Kit) ServeUI(path string) error {
	listener, err := listenPrivate(path)
	if err != nil {
		return err
	}
	k.Keep(func(ctx context.Context) error {
		stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
		defer stop()
		return k.acceptUI(ctx, listener)
	}, nil)
	return nil
}

func listenPrivate(path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		if c, err := net.Dial("unix", path); err == nil {
			_ = c.Close()
			return nil, virt.Errorf(virt.KindExists, "the UI socket %s is in use", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, virt.Errorf(virt.KindInternal, "replace the UI socket: %w", err)
		}
	}
	private := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		// Bind gives the file the mode of the socket, so it is private from its first moment.
		if e := c.Control(func(fd uintptr) { err = syscall.Fchmod(int(fd), 0o600) }); e != nil {
			return e
		}
		return err
	}}
	listener, err := private.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, virt.Errorf(virt.KindInvalid, "open the UI socket: %w", err)
	}
	return listener, nil
}

func (k *Kit) acceptUI(ctx context.Context, listener net.Listener) error {
	free := make(chan struct{}, socketConnections)
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		select {
		case free <- struct{}{}:
		default:
			_ = conn.Close()
			continue
		}
		k.Keep(func(context.Context) error {
			defer func() { <-free }()
			stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer stop()
			defer conn.Close()
			return k.answerAll(ctx, conn)
		}, nil)
	}
}

func (k *Kit) answerAll(ctx context.Context, conn net.Conn) error {
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 4096), socketLine)
	out := json.NewEncoder(conn)
	for lines.Scan() {
		if err := out.Encode(k.answer(ctx, lines.Bytes())); err != nil {
			return err
		}
	}
	err := lines.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		_ = out.Encode(socketFailure(virt.Errorf(virt.KindInvalid, "a request is longer than %d bytes", socketLine)))
	}
	return err
}

// answer returns the document that answers one request line.
func (k *Kit) answer(ctx context.Context, line []byte) any {
	var ask socketRequest
	if err := json.Unmarshal(line, &ask); err != nil {
		return socketFailure(virt.Errorf(virt.KindInvalid, "a request must be one JSON object a line: %w", err))
	}
	timeout := socketTimeout
	if ask.TimeoutMS > 0 {
		timeout = time.Duration(ask.TimeoutMS) * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	answer, err := k.look(ctx, ask)
	if err != nil {
		return socketFailure(err)
	}
	return answer
}

func (k *Kit) look(ctx context.Context, ask socketRequest) (any, error) {
	switch ask.Do {
	case "tree":
		nodes, err := k.trees(ctx)
		return map[string]any{"nodes": nodes}, err
	case "windows":
		windows, err := k.openWindows(ctx)
		return map[string]any{"windows": windows}, err
	case "console":
		stats, ok := k.watch.console(ask.ID)
		if !ok {
			return nil, virt.Errorf(virt.KindNotFound, "no console %q is open", ask.ID)
		}
		return stats, nil
	case "wait":
		return k.waitFor(ctx, ask)
	default:
		return nil, virt.Errorf(virt.KindInvalid, "do %q is not one of tree, wait, windows, console", ask.Do)
	}
}

func (k *Kit) waitFor(ctx context.Context, ask socketRequest) (any, error) {
	var err error
	switch ask.For {
	case "idle":
		err = k.waitIdle(ctx)
	case "shown":
		if ask.Name == "" {
			return nil, virt.Errorf(virt.KindInvalid, "wait for shown needs a name")
		}
		err = k.waitShown(ctx, ask.Name)
	default:
		return nil, virt.Errorf(virt.KindInvalid, "for %q is not one of idle, shown", ask.For)
	}
	return map[string]any{"ok": err == nil}, err
}

// waitShown returns when an element of that name can be seen in any window.
func (k *Kit) waitShown(ctx context.Context, name string) error {
	for {
		nodes, err := k.trees(ctx)
		if err != nil {
			return err
		}
		for _, node := range nodes {
			if node.shows(name) {
				return nil
			}
		}
		if err := k.waitPainted(ctx); err != nil {
			return err
		}
	}
}

func (k *Kit) trees(ctx context.Context) ([]Element, error) {
	return onUI(ctx, k, func() []Element { return ofWindows(k, Accessibility) })
}

func (k *Kit) openWindows(ctx context.Context) ([]socketWindow, error) {
	return onUI(ctx, k, func() []socketWindow { return ofWindows(k, describeWindow) })
}

func ofWindows[T any](k *Kit, describe func(fyne.Window, int) T) []T {
	windows := k.App.Driver().AllWindows()
	all := make([]T, 0, len(windows))
	for i, number := range k.watch.number(windows) {
		all = append(all, describe(windows[i], number))
	}
	return all
}

func describeWindow(win fyne.Window, number int) socketWindow {
	c := win.Canvas()
	px := func(v float32) int { return int(math.Round(float64(v * c.Scale()))) }
	return socketWindow{ID: number, Title: win.Title(), Width: px(c.Size().Width), Height: px(c.Size().Height), Scale: c.Scale()}
}

func socketFailure(err error) any {
	return map[string]any{"error": map[string]any{"kind": virt.KindOf(err), "message": err.Error()}}
}
