package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// writeWhole writes a file whole or not at all: beside its place first, then
// moved there. A device or pipe is written to directly.
func writeWhole(path string, content []byte) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fileError(path, os.WriteFile(path, content, 0))
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fileError(path, err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fileError(path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// fileError gives a failure to write what was asked for its kind.
func fileError(path string, err error) error {
	kind := virt.KindInvalid
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		kind = virt.KindNoSpace
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		kind = virt.KindForbidden
	}
	return virt.Errorf(kind, "write %s: %w", path, err).WithHint("Choose another file.")
}
