package virttest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// A Virsh is a running virsh: a second client beside ours, whose commands begin
// at once because it is connected already.
type Virsh struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	failed bytes.Buffer
	said   int // commands so far
}

// StartVirsh connects virsh to the URI. Close MUST be called.
func StartVirsh(uri string) (*Virsh, error) {
	v := &Virsh{cmd: exec.Command("virsh", "--quiet", "--connect", uri)}
	in, err := v.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	v.in, v.out, v.cmd.Stderr = in, bufio.NewScanner(out), &v.failed
	if err := v.cmd.Start(); err != nil {
		return nil, err
	}
	_, err = v.Do("uri")
	if err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return v, nil
}

// Do runs a command of virsh, such as "suspend web", and returns when it was
// done. A command that failed is noticed by Close.
func (v *Virsh) Do(command string) (done time.Time, err error) {
	v.said++
	end := fmt.Sprintf("done-%d", v.said)
	if _, err := fmt.Fprintf(v.in, "%s\necho %s\n", command, end); err != nil {
		return time.Time{}, err
	}
	for v.out.Scan() {
		if v.out.Text() == end {
			return time.Now(), nil
		}
	}
	return time.Time{}, errors.Join(fmt.Errorf("virsh ended in %q", command), v.out.Err())
}

// Close ends virsh and returns what it complained about.
func (v *Virsh) Close() error {
	err := errors.Join(v.in.Close(), v.cmd.Wait())
	if v.failed.Len() > 0 {
		err = errors.Join(err, fmt.Errorf("virsh says: %s", bytes.TrimSpace(v.failed.Bytes())))
	}
	return err
}
