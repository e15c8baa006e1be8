package storage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// maxJSON is the size above which a file is not one of ours.
const maxJSON = 16 << 20

// ReadJSON reads the file into *into. A file that is not there is
// virt.KindNotFound; a broken one is virt.KindInvalid with its name, line and
// column, and *into is as it was. The file itself is never touched: somebody may
// be editing it. WriteJSON sets a broken file aside.
func ReadJSON[T any](path string, into *T) error {
	text, err := readSmall(path)
	if err != nil {
		return err
	}
	var value T
	if err := json.Unmarshal(text, &value); err != nil {
		return virt.Errorf(virt.KindInvalid, "%s:%s: %w", path, position(text, err), err).
			WithHint("Repair the file, or move it away to start with a new one.")
	}
	*into = value
	return nil
}

// WriteJSON replaces the file by v in one step: whoever reads sees the old file
// or the new one, also after a power cut. A symbolic link stays and what it
// points to is replaced; a file keeps its mode, a new one is 0600. What stands
// there and cannot be read as a T is kept as FILE.broken-TIME.
func WriteJSON[T any](path string, v T) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if err := setBrokenAside[T](path); err != nil {
		return err
	}
	return writeAtomic(path, text.Bytes())
}

// WriteText replaces the file by text in one step, as WriteJSON does.
func WriteText(path, text string) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return writeAtomic(path, []byte(text))
}

func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fileError(path, err)
	case !info.Mode().IsRegular():
		return nil, virt.Errorf(virt.KindInvalid, "%s is not a file", path)
	case info.Size() > maxJSON:
		return nil, virt.Errorf(virt.KindInvalid, "%s is larger than 16 MiB", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	return text, nil
}

// position returns LINE:COLUMN of a JSON error, both from one; columns count
// bytes.
func position(text []byte, err error) string {
	offset := int64(len(text))
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &mismatch):
		offset = mismatch.Offset
	}
	before := text[:min(max(offset-1, 0), int64(len(text)))]
	return fmt.Sprintf("%d:%d", 1+bytes.Count(before, []byte("\n")), len(before)-bytes.LastIndexByte(before, '\n'))
}

// setBrokenAside renames a file that is no T, and leaves every other as it is.
func setBrokenAside[T any](path string) error {
	var old T
	err := ReadJSON(path, &old)
	if err == nil || errors.Is(err, virt.ErrNotFound) {
		return nil
	}
	if !errors.Is(err, virt.ErrInvalid) {
		return err
	}
	aside := path + ".broken-" + time.Now().UTC().Format("20060102T150405.000000Z")
	if err := os.Rename(path, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileError(path, err)
	}
	return nil
}

func writeAtomic(path string, text []byte) error {
	dir := filepath.Dir(path)
	if err := MakeDir(dir); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return fileError(path, err)
	}
	if err := fill(temp, text, modeOf(path)); err != nil {
		return fileError(path, errors.Join(err, os.Remove(temp.Name())))
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return fileError(path, errors.Join(err, os.Remove(temp.Name())))
	}
	return syncDir(dir)
}

// fill writes text to the temporary file and closes it.
func fill(temp *os.File, text []byte, mode fs.FileMode) error {
	_, err := temp.Write(text)
	if err == nil {
		err = temp.Chmod(mode)
	}
	if err == nil {
		err = temp.Sync()
	}
	return errors.Join(err, temp.Close())
}

func modeOf(path string) fs.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return fileMode
}

func syncDir(dir string) error {
	file, err := os.Open(dir)
	if err != nil {
		return fileError(dir, err)
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fileError(dir, err)
	}
	return nil
}
