package tiny

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

const (
	kernelName   = "vmlinuz"
	initrdName   = "initrd.img"
	manifestName = "manifest.json"
	workPrefix   = ".work-"

	// fetchedOrigin marks images made of the distribution's package. One is
	// enough: they are not made anew when the package is.
	fetchedOrigin = "package"
)

// A cache is a directory with one directory for each image. An image's
// directory appears whole or not at all.
type cache struct {
	dir    string
	recipe string
}

// A manifest describes an image and proves that its files are whole.
type manifest struct {
	Version string               `json:"version"`
	Origin  string               `json:"origin"`
	Recipe  string               `json:"recipe"`
	Files   map[string]fileProof `json:"files"`
}

type fileProof struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// lock makes the cache's directory and waits until no other process builds.
func (c cache) lock(ctx context.Context) (unlock func(), err error) {
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return nil, storageError(err)
	}
	f, err := os.OpenFile(filepath.Join(c.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, storageError(err)
	}
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			c.sweep()
			return func() { f.Close() }, nil //nolint:errcheck // closing is unlocking
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(storageError(err), f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-again.C:
		}
	}
}

// sweep removes what a killed builder left. The caller holds the lock.
func (c cache) sweep() {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), workPrefix) {
			os.RemoveAll(filepath.Join(c.dir, e.Name())) //nolint:errcheck // it takes room, nothing else
		}
	}
}

func (c cache) workDir() (string, error) {
	dir, err := os.MkdirTemp(c.dir, workPrefix)
	return dir, storageError(err)
}

// find returns the whole image of that origin that was made by this recipe.
// Broken ones are removed. The caller holds the lock.
func (c cache) find(origin string) (Image, bool) {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return Image{}, false
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), "-"+c.recipe) {
			continue
		}
		dir := filepath.Join(c.dir, e.Name())
		m, err := readManifest(dir)
		if err == nil && m.Recipe == c.recipe && m.whole(dir) {
			if m.Origin == origin {
				return imageIn(dir, m.Version), true
			}
			continue
		}
		os.RemoveAll(dir) //nolint:errcheck // store tells if it cannot be replaced
	}
	return Image{}, false
}

// store writes an image beside its place and moves it there. The caller holds
// the lock.
func (c cache) store(origin, version string, kernel, initrd []byte) (Image, error) {
	work, err := c.workDir()
	if err != nil {
		return Image{}, err
	}
	defer os.RemoveAll(work) //nolint:errcheck // gone already after success
	m := manifest{Version: version, Origin: origin, Recipe: c.recipe, Files: map[string]fileProof{}}
	for name, data := range map[string][]byte{kernelName: kernel, initrdName: initrd} {
		sum := sha256.Sum256(data)
		m.Files[name] = fileProof{Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
		if err := writeSynced(filepath.Join(work, name), data); err != nil {
			return Image{}, err
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return Image{}, err
	}
	if err := writeSynced(filepath.Join(work, manifestName), append(text, '\n')); err != nil {
		return Image{}, err
	}
	sum := sha256.Sum256([]byte(origin))
	dir := filepath.Join(c.dir, version+"-"+hex.EncodeToString(sum[:4])+"-"+c.recipe)
	if err := errors.Join(os.RemoveAll(dir), os.Chmod(work, 0o755), os.Rename(work, dir)); err != nil {
		return Image{}, storageError(err)
	}
	return imageIn(dir, version), nil
}

func imageIn(dir, version string) Image {
	return Image{
		KernelPath: filepath.Join(dir, kernelName),
		InitrdPath: filepath.Join(dir, initrdName),
		Version:    version,
	}
}

func readManifest(dir string) (manifest, error) {
	var m manifest
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(text, &m)
}

// whole reports whether both files in dir are as the manifest says.
func (m manifest) whole(dir string) bool {
	for _, name := range []string{kernelName, initrdName} {
		want, known := m.Files[name]
		if !known {
			return false
		}
		got, err := proofOf(filepath.Join(dir, name))
		if err != nil || got != want {
			return false
		}
	}
	return true
}

func proofOf(path string) (fileProof, error) {
	f, err := os.Open(path)
	if err != nil {
		return fileProof{}, err
	}
	defer f.Close() //nolint:errcheck // only read
	h := sha256.New()
	n, err := io.Copy(h, f)
	return fileProof{Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return storageError(err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return storageError(errors.Join(err, f.Close()))
}

// storageError gives a failure of the cache's file system its kind.
func storageError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return virt.Errorf(virt.KindNoSpace, "build the tiny machine: %w", err)
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return virt.Errorf(virt.KindForbidden, "build the tiny machine: %w", err)
	default:
		return virt.Errorf(virt.KindInternal, "build the tiny machine: %w", err)
	}
}
