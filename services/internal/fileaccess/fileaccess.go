// Package fileaccess tells whether a user may read a file on this computer, and
// lets him. It asks modes and access control lists (acl(5)) on the whole way to
// the file, not the user; capabilities, SELinux and AppArmor are not considered.
package fileaccess

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// A User is whom the kernel sees at the door.
type User struct {
	UID    uint32
	Groups []uint32
}

// Lookup returns the user of the numbers with all the groups that the computer
// knows him in. A user that it does not know has the one group.
func Lookup(uid, gid uint32) User {
	u := User{UID: uid, Groups: []uint32{gid}}
	known, err := user.LookupId(strconv.FormatUint(uint64(uid), 10))
	if err != nil {
		return u
	}
	ids, err := known.GroupIds()
	if err != nil {
		return u
	}
	for _, id := range ids {
		if n, err := strconv.ParseUint(id, 10, 32); err == nil {
			u.Groups = append(u.Groups, uint32(n))
		}
	}
	return u
}

// Name is how the computer calls the user, else his number.
func (u User) Name() string {
	id := strconv.FormatUint(uint64(u.UID), 10)
	if known, err := user.LookupId(id); err == nil {
		return known.Username
	}
	return id
}

func (u User) in(group uint32) bool { return slices.Contains(u.Groups, group) }

// A Right is what a user wants of a file.
type Right uint16

// The rights, as in modes.
const (
	Enter Right = 1 // go through a directory
	Read  Right = 4
)

// An Obstacle is a file or directory on the way that the user lacks a right to.
type Obstacle struct {
	Path  string
	Needs Right
}

// mostLinks is how many symbolic links the kernel follows (path_resolution(7)).
const mostLinks = 40

// Obstacles returns what keeps the user from the file at an absolute path: the
// directories on the way that he may not enter, and the file itself where he may
// not read it. It is an error when we cannot see it ourselves.
func Obstacles(path string, u User) ([]Obstacle, error) {
	var found []Obstacle
	check := func(at string, right Right) error {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		may, err := allowed(at, info, u, right)
		if err == nil && !may && !slices.Contains(found, Obstacle{at, right}) {
			found = append(found, Obstacle{at, right})
		}
		return err
	}
	at, links := "/", 0
	for rest := path; rest != ""; {
		var next string
		next, rest, _ = strings.Cut(rest, "/")
		if next == "" || next == "." {
			continue
		}
		if err := check(at, Enter); err != nil {
			return nil, err
		}
		if next == ".." {
			at = filepath.Dir(at)
			continue
		}
		target, err := os.Readlink(filepath.Join(at, next))
		switch {
		case errors.Is(err, unix.EINVAL): // no link
			at = filepath.Join(at, next)
			continue
		case err != nil:
			return nil, err
		}
		if links++; links > mostLinks {
			return nil, &fs.PathError{Op: "open", Path: path, Err: unix.ELOOP}
		}
		if filepath.IsAbs(target) {
			at = "/"
		}
		rest = target + "/" + rest
	}
	return found, check(at, Read)
}

func allowed(path string, info fs.FileInfo, u User, right Right) (bool, error) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false, &fs.PathError{Op: "stat", Path: path, Err: errors.ErrUnsupported}
	}
	l, _, err := readACL(path, info.Mode())
	return err == nil && l.allows(u, stat.Uid, stat.Gid, uint16(right)), err
}

// ErrChanged says that somebody changed a list since we did.
var ErrChanged = errors.New("the access control list was changed meanwhile")

// A Grant is a right that was given, and how to take it back.
type Grant struct {
	Path string
	Mode fs.FileMode // before
	Old  []byte      // the attribute before; empty: none
	New  []byte      // the attribute since
}

// Plan returns how the user gets past an obstacle; nothing is changed.
func Plan(o Obstacle, u User) (Grant, error) {
	info, err := os.Stat(o.Path)
	if err != nil {
		return Grant{}, err
	}
	l, old, err := readACL(o.Path, info.Mode())
	return Grant{Path: o.Path, Mode: info.Mode().Perm(), Old: old, New: l.with(u.UID, uint16(o.Needs)).bytes()}, err
}

// Give gives the right by an access control list. Only the file's owner and root
// may, and not every file system knows such lists.
func (g Grant) Give() error {
	if err := unix.Setxattr(g.Path, aclAttribute, g.New, 0); err != nil {
		return &fs.PathError{Op: "setfacl", Path: g.Path, Err: err}
	}
	return nil
}

// Take takes the right back, unless somebody else has changed the list since:
// then it is ErrChanged.
func (g Grant) Take() error {
	info, err := os.Stat(g.Path)
	if err != nil {
		return err
	}
	_, now, err := readACL(g.Path, info.Mode())
	switch {
	case err != nil:
		return err
	case bytes.Equal(now, g.Old):
		return nil
	case !bytes.Equal(now, g.New):
		return fmt.Errorf("%s: %w", g.Path, ErrChanged)
	case len(g.Old) > 0:
		return unix.Setxattr(g.Path, aclAttribute, g.Old, 0)
	}
	if err := unix.Removexattr(g.Path, aclAttribute); err != nil {
		return &fs.PathError{Op: "setfacl", Path: g.Path, Err: err}
	}
	return os.Chmod(g.Path, g.Mode) // the list's mask was its group's right
}
