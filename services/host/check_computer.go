package host

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// A computer is what the kernel and the distribution say of this computer, in
// files. No program is run and nothing is changed.
type computer struct {
	root string // where its files begin; "/" but in tests of other computers
}

func thisComputer() *computer { return &computer{root: "/"} }

func (c *computer) path(name string) string { return filepath.Join(c.root, name) }

// text returns what a small file says, without the blanks around it; empty when
// it cannot be read.
func (c *computer) text(name string) string {
	text, err := os.ReadFile(c.path(name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func (c *computer) has(name string) bool {
	_, err := os.Stat(c.path(name))
	return err == nil
}

// glob returns the names that fit a pattern, as seen from the computer's root.
func (c *computer) glob(pattern string) []string {
	found, _ := filepath.Glob(c.path(pattern)) // the patterns are ours
	for i := range found {
		found[i] = "/" + strings.TrimPrefix(strings.TrimPrefix(found[i], c.root), "/")
	}
	return found
}

// programDirs is where daemons look for programs; a user's own PATH may lack
// the sbin directories.
var programDirs = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/libexec"}

// program returns where the first of the programs is that the computer has.
func (c *computer) program(names ...string) string {
	for _, name := range names {
		for _, dir := range programDirs {
			if path := filepath.Join(dir, name); c.has(path) {
				return path
			}
		}
	}
	return ""
}

// systemd reports whether services are systemd's.
func (c *computer) systemd() bool { return c.has("/run/systemd/system") }

// listens reports whether a process listens at a Unix socket, which a left-over
// file in the file system does not tell.
func (c *computer) listens(socket string) bool {
	const listening = "00010000" // __SO_ACCEPTCON, in the flags' column
	for line := range strings.SplitSeq(c.text("/proc/net/unix"), "\n") {
		if f := strings.Fields(line); len(f) == 8 && f[3] == listening && sameSocket(f[7], socket) {
			return true
		}
	}
	return false
}

// sameSocket takes /var/run for what it is, a link to /run.
func sameSocket(a, b string) bool {
	return strings.TrimPrefix(a, "/var") == strings.TrimPrefix(b, "/var")
}

// may reports whether this process may use a file so (access(2)).
func (c *computer) may(name string, mode uint32) bool { return unix.Access(c.path(name), mode) == nil }

// openTo reports whether a user with these groups may read and write the
// file, by its mode alone.
func (c *computer) openTo(name string, uid uint32, groups []uint32) bool {
	info, err := os.Stat(c.path(name))
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	perm := uint32(info.Mode().Perm())
	switch {
	case uid == 0:
		return true
	case uid == stat.Uid:
		perm >>= 6
	case slices.Contains(groups, stat.Gid):
		perm >>= 3
	}
	return perm&6 == 6
}

// tail returns the last bytes of a file, from the start of a line.
func (c *computer) tail(name string, most int64) (text string, err error) {
	file, err := os.Open(c.path(name))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return "", err
	}
	from := max(0, size-most)
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		return "", err
	}
	raw, err := io.ReadAll(io.LimitReader(file, most))
	if err != nil {
		return "", err
	}
	text = string(raw)
	if from > 0 {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text, nil
}

// kernelLog returns what the kernel still remembers of its messages.
func (c *computer) kernelLog() (string, error) {
	fd, err := unix.Open(c.path("/dev/kmsg"), unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", err
	}
	defer func() { _ = unix.Close(fd) }()
	var log strings.Builder
	record := make([]byte, 8<<10) // no record is longer (LOG_LINE_MAX, with its head)
	for {
		n, err := unix.Read(fd, record)
		switch {
		case errors.Is(err, unix.EPIPE): // overwritten meanwhile: the next one
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN), err == nil && n == 0:
			return log.String(), nil
		case err != nil:
			return "", err
		default:
			log.Write(record[:n])
		}
	}
}
