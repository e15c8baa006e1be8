package vt_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/vnc/vt"
)

// A run is vttest(1), Per Lindberg's and Thomas Dickey's test of terminals, at
// one of 80 columns and 24 rows.
type run struct {
	t        *testing.T
	terminal *os.File

	mu   sync.Mutex
	term *vt.Terminal
	said bytes.Buffer // since the last key
}

func startVttest(t *testing.T) *run {
	t.Helper()
	if _, err := exec.LookPath("vttest"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("needs vttest")
	}
	terminal, program, err := virttest.OpenPty(80, 24)
	if err != nil {
		t.Fatal(err)
	}
	r := &run{t: t, terminal: terminal}
	r.term = vt.New(80, 24, vt.Options{Reply: func(b []byte) { _, _ = terminal.Write(b) }})
	cmd := exec.Command("vttest", "24x80.80") // a window has as many columns as fit: 132 are not asked for
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "TERM=vt220", "LC_ALL=C")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = program.Close()
	var reader sync.WaitGroup
	reader.Add(1)
	go func() {
		defer reader.Done()
		r.read()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = terminal.Close()
		reader.Wait()
	})
	return r
}

func (r *run) read() {
	b := make([]byte, 4096)
	for {
		n, err := r.terminal.Read(b)
		r.mu.Lock()
		_, _ = r.term.Write(b[:n])
		r.said.Write(b[:n])
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// screen returns what is shown, with the attributes beside the text.
func (r *run) screen() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return picture(r.term)
}

// picture writes a screen as text: each row between bars, double sizes marked
// before it, and after it which cells have attributes or colours.
func picture(t *vt.Terminal) string {
	var b strings.Builder
	for n := t.Top(); n < t.End(); n++ {
		row := t.Row(n)
		b.WriteString([]string{" ", "w", "^", "v"}[row.Size])
		b.WriteByte('|')
		last, from := "", 0
		var styles []string
		end := func(x int) {
			if last != "" {
				styles = append(styles, fmt.Sprintf("%d-%d:%s", from, x-1, last))
			}
		}
		for x, c := range row.Cells {
			if c.Kind != vt.Spacer {
				b.WriteString(t.Text(c))
			}
			if s := style(c); s != last {
				end(x)
				last, from = s, x
			}
		}
		end(len(row.Cells))
		b.WriteString("|")
		if len(styles) > 0 {
			b.WriteString(" " + strings.Join(styles, " "))
		}
		b.WriteByte('\n')
	}
	c := t.Cursor()
	fmt.Fprintf(&b, "cursor %d,%d\n", c.Line-t.Top(), c.Col)
	return b.String()
}

func style(c vt.Cell) string {
	var b strings.Builder
	for i, letter := range "bfiuUkrcso" {
		if c.Attr&(1<<i) != 0 {
			b.WriteRune(letter)
		}
	}
	for _, color := range []vt.Color{c.FG, c.BG} {
		if n, ok := color.Index(); ok {
			fmt.Fprintf(&b, "%d", n)
		}
		if color != 0 {
			b.WriteByte(',')
		}
	}
	return b.String()
}

const (
	menu = "Enter choice number"
	push = "Push <RETURN>"
)

// asked waits until vttest has said all and waits for a key: in a menu, or after
// a screen.
func (r *run) asked() (inMenu bool) {
	r.t.Helper()
	deadline, tick := time.After(20*time.Second), time.NewTicker(2*time.Millisecond)
	defer tick.Stop()
	for {
		r.mu.Lock()
		text := r.said.String()
		r.mu.Unlock()
		at := strings.LastIndex(text, menu)
		if at >= 0 && strings.HasSuffix(text, "): ") || strings.HasSuffix(text, push) {
			return at >= 0 && strings.HasSuffix(text, "): ")
		}
		select {
		case <-deadline:
			r.t.Fatalf("it asks for nothing but says %q", text)
		case <-tick.C:
		}
	}
}

func (r *run) types(keys string) {
	r.t.Helper()
	r.mu.Lock()
	r.said.Reset()
	r.mu.Unlock()
	if _, err := r.terminal.WriteString(keys); err != nil {
		r.t.Fatal(err)
	}
}

// golden compares the screen with one that was looked at. UPDATE_GOLDEN=1 writes
// it anew.
func (r *run) golden(name string) {
	r.t.Helper()
	got := r.screen()
	path := filepath.Join("testdata", "vttest", name+".txt")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o750), os.WriteFile(path, []byte(got), 0o600)); err != nil {
			r.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	if !bytes.Equal(want, []byte(got)) {
		r.t.Errorf("%s shows\n%s, want\n%s", name, got, want)
	}
}

// TestTheScreensOfVttestAreRight runs the tests of cursor, screen, character sets,
// double sizes, VT102 editing, and colours, and compares every screen.
func TestTheScreensOfVttestAreRight(t *testing.T) {
	for _, c := range []struct{ name, choice string }{
		{"cursor", "1"}, {"screen", "2"}, {"double", "4"}, {"vt102", "8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := startVttest(t)
			r.asked()
			r.types(c.choice + "\r")
			screens := 0
			for ; !r.asked(); screens++ {
				r.golden(fmt.Sprintf("%s-%02d", c.name, screens+1))
				r.types("\r")
			}
			approved, err := filepath.Glob(filepath.Join("testdata", "vttest", c.name+"-*.txt"))
			if err != nil || len(approved) != screens || screens == 0 {
				t.Errorf("%d screens, %d were looked at: %v", screens, len(approved), err)
			}
		})
	}
}
