// Package storage keeps what the program itself knows: its state database and
// the JSON files that people may read and edit. Machines, pools and networks
// are libvirt's and are never kept here.
//
// Reading creates nothing: a process that only asks leaves no directory and no
// file behind. Directories are made 0700 and files 0600 by the first change.
package storage

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

const (
	appDir   = "kvm-manager"
	dirMode  = 0o700
	fileMode = 0o600
)

// Dirs are the places the program may write to, and nowhere else. Each is the
// program's own directory, not the base that it shares with others.
type Dirs struct {
	Config, Data, State, Cache, Runtime string
}

// DefaultDirs returns the places of the XDG Base Directory Specification 0.8,
// for root as for everybody. Relative paths in the variables are ignored, as
// the specification asks.
func DefaultDirs() Dirs {
	home := homeDir()
	return Dirs{
		Config:  base("XDG_CONFIG_HOME", filepath.Join(home, ".config")),
		Data:    base("XDG_DATA_HOME", filepath.Join(home, ".local", "share")),
		State:   base("XDG_STATE_HOME", filepath.Join(home, ".local", "state")),
		Cache:   base("XDG_CACHE_HOME", filepath.Join(home, ".cache")),
		Runtime: base("XDG_RUNTIME_DIR", fallbackRuntime()),
	}
}

// With returns d with the configuration and data directories replaced where
// the arguments are not empty. They are used as they are, made absolute.
func (d Dirs) With(config, data string) Dirs {
	if config != "" {
		d.Config = absolute(config)
	}
	if data != "" {
		d.Data = absolute(data)
	}
	return d
}

// MakeDir creates a directory and its parents, readable by their owner only.
func MakeDir(path string) error {
	if err := os.MkdirAll(path, dirMode); err != nil {
		return fileError(path, err)
	}
	return nil
}

// MakeRuntime creates the runtime directory. Where it lies in the directory
// that all users share, one that somebody else made or may write to is refused.
func (d Dirs) MakeRuntime() error {
	if err := MakeDir(d.Runtime); err != nil {
		return err
	}
	if !strings.HasPrefix(d.Runtime, fallbackRuntime()+string(filepath.Separator)) {
		return nil
	}
	for _, path := range []string{fallbackRuntime(), d.Runtime} {
		if err := checkPrivate(path); err != nil {
			return err
		}
	}
	return nil
}

func checkPrivate(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return fileError(path, err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return virt.Errorf(virt.KindForbidden, "the directory %s belongs to or may be changed by another user", path).
			WithHint("Remove it, or set XDG_RUNTIME_DIR to a directory of your own.")
	}
	return nil
}

func base(variable, fallback string) string {
	dir := os.Getenv(variable)
	if !filepath.IsAbs(dir) {
		dir = fallback
	}
	return filepath.Join(dir, appDir)
}

func fallbackRuntime() string {
	return filepath.Join(os.TempDir(), appDir+"-"+strconv.Itoa(os.Geteuid()))
}

func homeDir() string {
	if home := os.Getenv("HOME"); filepath.IsAbs(home) {
		return home
	}
	if u, err := user.Current(); err == nil && filepath.IsAbs(u.HomeDir) {
		return u.HomeDir
	}
	return fallbackRuntime()
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}
