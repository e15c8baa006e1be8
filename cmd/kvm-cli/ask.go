package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A terminal asks the person in front of it, one question at a time.
type terminal struct {
	in  *os.File
	out io.Writer

	turn chan struct{} // capacity 1
}

// terminal returns the terminal that the program runs on, or nil.
func (c *cli) terminal() *terminal {
	in, ok := c.in.(*os.File)
	if !ok || !isTerminal(c.in) || !isTerminal(c.err) {
		return nil
	}
	return &terminal{in: in, out: c.err, turn: make(chan struct{}, 1)}
}

// asker answers the questions of hosts: by the flags, else on the terminal.
// Without both there is none.
func (c *cli) asker() host.Asker {
	t := c.terminal()
	switch {
	case c.acceptKey != "":
		return acceptor{c.acceptKey, t}
	case t != nil:
		return t
	default:
		return nil
	}
}

// An acceptor accepts the key or certificate with one fingerprint.
type acceptor struct {
	fingerprint string
	terminal    *terminal
}

// Ask answers questions about keys; others go to the terminal.
func (a acceptor) Ask(ctx context.Context, q virt.Question) (virt.Answer, error) {
	switch {
	case q.YesNo() && q.Fingerprint == a.fingerprint:
		return virt.Answer{Yes: true, Remember: true}, nil
	case q.YesNo():
		return virt.Answer{}, nil
	case a.terminal != nil:
		return a.terminal.Ask(ctx, q)
	default:
		return virt.Answer{}, virt.Errorf(virt.KindUnauthenticated, "%s is asked for, and there is no terminal", strings.TrimSuffix(promptOf(q), ": ")).
			WithHint("Run this in a terminal once and have the answer kept, or log in with a key.")
	}
}

// Ask prints the question and reads the answer; what is secret stays unseen.
func (t *terminal) Ask(ctx context.Context, q virt.Question) (virt.Answer, error) {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return virt.Answer{}, ctx.Err()
	}
	if q.YesNo() {
		return t.decide(ctx, q)
	}
	if q.Refused {
		fmt.Fprintln(t.out, "That was not right.")
	}
	var answer virt.Answer
	var err error
	if q.Kind == virt.AskScreenLogin {
		if answer.User, err = t.read(ctx, fmt.Sprintf("User name for the screen of %s: ", printable(q.Subject)), false); err != nil {
			return answer, err
		}
	}
	answer.Text, err = t.read(ctx, promptOf(q), q.Hidden)
	if err != nil || q.KeepIn == "" {
		return answer, err
	}
	keep, err := t.read(ctx, "Keep it in the "+keeperOf(q.KeepIn)+"? [y/N] ", false)
	answer.Remember = isYes(keep)
	return answer, err
}

// decide shows what a host shows and asks whether to go on.
func (t *terminal) decide(ctx context.Context, q virt.Question) (virt.Answer, error) {
	switch q.Kind {
	case virt.AskChangedKey:
		fmt.Fprintf(t.out, "THE KEY OF %s HAS CHANGED. Somebody else may be answering.\n  was  %s  (%s)\n  is   %s  (%s)\n",
			printable(q.Subject), q.Known, printable(q.File), q.Fingerprint, q.KeyType)
	case virt.AskChangedCert:
		fmt.Fprintf(t.out, "THE CERTIFICATE OF %s HAS CHANGED, and is not trusted: %s.\n  %s\n  was  %s\n  is   %s\n",
			printable(string(q.Host)), printable(q.Reason), printable(q.Subject), q.Known, q.Fingerprint)
	case virt.AskUnknownCert:
		fmt.Fprintf(t.out, "The certificate of the host is not trusted: %s.\n  %s\n  %s\n", printable(q.Reason), printable(q.Subject), q.Fingerprint)
	default:
		fmt.Fprintf(t.out, "The key of %s is not known.\n  %s  (%s)\n", printable(q.Subject), q.Fingerprint, q.KeyType)
	}
	answer, err := t.read(ctx, "Accept it and remember it? [yes/N] ", false)
	yes := strings.EqualFold(strings.TrimSpace(answer), "yes")
	return virt.Answer{Yes: yes, Remember: yes}, err
}

func promptOf(q virt.Question) string {
	switch {
	case q.Kind == virt.AskPassword:
		return fmt.Sprintf("Password of %s: ", printable(q.Subject))
	case q.Kind == virt.AskScreenPassword, q.Kind == virt.AskScreenLogin:
		return fmt.Sprintf("Password of the screen of %s: ", printable(q.Subject))
	case q.Kind == virt.AskPassphrase:
		return fmt.Sprintf("Passphrase of the key %s: ", printable(q.Subject))
	case q.Kind == virt.AskUser:
		return fmt.Sprintf("User name for %s: ", printable(q.Subject))
	case q.Kind == virt.AskKeyring && q.New:
		return fmt.Sprintf("Choose a passphrase for the file that keeps passwords, %s: ", printable(q.Subject))
	case q.Kind == virt.AskKeyring:
		return fmt.Sprintf("Passphrase of the file that keeps passwords, %s: ", printable(q.Subject))
	default:
		return fmt.Sprintf("%s asks: %s ", printable(q.Subject), printable(q.Prompt))
	}
}

func keeperOf(where string) string {
	if where == "file" {
		return "sealed file (there is no keyring here)"
	}
	return "keyring"
}

func isYes(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	return text == "y" || text == "yes"
}

// read returns the next line that is typed; what is hidden is so from before the
// prompt. When ctx ends first the terminal is put right and the reading left
// behind: nothing else reads from it afterwards.
func (t *terminal) read(ctx context.Context, prompt string, hidden bool) (string, error) {
	fd := int(t.in.Fd()) // a file descriptor fits
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err == nil && hidden {
		err = hush(fd, *before)
	}
	if err != nil {
		return "", virt.Errorf(virt.KindInternal, "set up the terminal: %w", err)
	}
	fmt.Fprint(t.out, prompt)
	if hidden {
		defer func() {
			_ = unix.IoctlSetTermios(fd, unix.TCSETS, before)
			fmt.Fprintln(t.out)
		}()
	}
	type line struct {
		text string
		err  error
	}
	typed := make(chan line, 1)
	go func() {
		text, err := bufio.NewReader(oneByte{t.in}).ReadString('\n')
		typed <- line{strings.TrimRight(text, "\r\n"), err}
	}()
	select {
	case l := <-typed:
		if l.err != nil {
			return "", virt.Errorf(virt.KindCancelled, "no answer was typed")
		}
		return l.text, nil
	case <-ctx.Done():
		if !hidden {
			fmt.Fprintln(t.out)
		}
		return "", ctx.Err()
	}
}

// hush makes the terminal read lines without showing them.
func hush(fd int, settings unix.Termios) error {
	settings.Lflag &^= unix.ECHO
	settings.Lflag |= unix.ICANON | unix.ISIG
	settings.Iflag |= unix.ICRNL
	return unix.IoctlSetTermios(fd, unix.TCSETS, &settings)
}

// oneByte reads no further than it must, for what comes behind the line is the
// answer to the next question.
type oneByte struct{ io.Reader }

// Read returns a single byte.
func (r oneByte) Read(p []byte) (int, error) { return r.Reader.Read(p[:1]) }
