package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// fileError gives an error of the file system its kind and names the file.
func fileError(path string, err error) *virt.Error {
	e := &virt.Error{Kind: virt.KindInternal, Err: fmt.Errorf("%s: %w", path, bare(err))}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Kind = virt.KindNotFound
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		e.Kind, e.Hint = virt.KindForbidden, "Check who owns "+path+" and whether its file system is writable."
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		e.Kind, e.Hint = virt.KindNoSpace, "Free some space on the file system of "+path+"."
	}
	return e
}

// bare drops the operation and path that fileError writes itself.
func bare(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// sqliteError gives an error of SQLite its kind and names the database file.
// See https://www.sqlite.org/rescode.html.
func sqliteError(path string, err error) error {
	var s sqlite3.Error
	var known *virt.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case !errors.As(err, &s):
		return fileError(path, err)
	case s.SystemErrno != 0 && s.Code != sqlite3.ErrBusy && fileError(path, s.SystemErrno).Kind == virt.KindNoSpace:
		return fileError(path, s.SystemErrno)
	}
	e := &virt.Error{Kind: virt.KindInternal, Err: fmt.Errorf("%s: %w", path, err)}
	switch s.Code {
	case sqlite3.ErrFull:
		e.Kind, e.Hint = virt.KindNoSpace, "Free some space on the file system of "+path+"."
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		e.Kind, e.Hint = virt.KindUnavailable, "Another program is using the file; try again in a moment."
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrAuth:
		e.Kind, e.Hint = virt.KindForbidden, "Check who owns "+path+" and its directory, and whether the file system is writable."
	case sqlite3.ErrCantOpen, sqlite3.ErrIoErr:
		e.Kind, e.Hint = virt.KindUnavailable, "Check the file system of "+path+"."
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		e.Hint = "The file is damaged. It holds the program's history, no machines. Restore it from a backup, or move it and the files beside it that begin with its name away to start a new one."
	case sqlite3.ErrInterrupt:
		e.Kind = virt.KindCancelled
	}
	return e
}
