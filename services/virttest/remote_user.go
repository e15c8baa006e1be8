package virttest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// The numbers of SessionUser and of his group, which every computer has.
const (
	sessionID    = 4242
	sessionGroup = 65534
)

// writeUsers writes the host's users into the directory: those of this computer,
// root with a password that we know and nothing of his own that runs when he logs
// in, and SessionUser.
func (r *Remote) writeUsers(dir string) error {
	hash, err := exec.CommandContext(context.Background(), "openssl", "passwd", "-6", RemotePassword).Output()
	if err != nil {
		return err
	}
	home, roots := filepath.Join(r.Dir, "home"), filepath.Join(r.Dir, "root")
	for _, dir := range []string{home, roots} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if err := os.Chown(home, sessionID, sessionGroup); err != nil {
		return err
	}
	err = writeAround("/etc/passwd", filepath.Join(dir, "passwd"), 0o644,
		fmt.Sprintf("root:x:0:0::%s:/bin/sh", roots),
		fmt.Sprintf("%s:x:%d:%d::%s:/bin/sh", SessionUser, sessionID, sessionGroup, home))
	if err != nil {
		return err
	}
	return writeAround("/etc/shadow", filepath.Join(dir, "shadow"), 0o600,
		"root:"+strings.TrimSpace(string(hash))+":19000:0:99999:7:::", SessionUser+":*:19000:0:99999:7:::")
}

// writeAround copies a file of users; those of the lines first have these.
func writeAround(from, to string, mode os.FileMode, first ...string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	lines := slices.Clone(first)
	for line := range strings.Lines(string(text)) {
		user, _, _ := strings.Cut(line, ":")
		if !slices.ContainsFunc(first, func(l string) bool { return strings.HasPrefix(l, user+":") }) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return os.WriteFile(to, []byte(strings.Join(lines, "\n")+"\n"), mode)
}
