package parts

import (
	"bufio"
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A Folder is one that desktops give a person, as xdg-user-dirs knows it.
type Folder struct {
	variable string // in user-dirs.dirs
	name     string // in the home directory, where that file does not say
}

// The folders that files of a machine go to.
var (
	Pictures  = Folder{"XDG_PICTURES_DIR", "Pictures"}
	Downloads = Folder{"XDG_DOWNLOAD_DIR", "Downloads"}
	Videos    = Folder{"XDG_VIDEOS_DIR", "Videos"}
)

// Save writes a file named after the machine into the folder and returns its
// path. It never overwrites one. It takes time: call it off the UI goroutine.
func (f Folder) Save(vm, ending string, content []byte) (string, error) {
	path := f.named(vm, "2006-01-02 15.04.05.000", ending)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", virt.Errorf(virt.KindUnavailable, "save the file: %w", err)
	}
	if _, err = file.Write(content); err == nil {
		err = file.Close()
	} else {
		_ = file.Close() // the failure to write says more
	}
	if err != nil {
		return "", virt.Errorf(virt.KindNoSpace, "save the file: %w", err)
	}
	return path, nil
}

// Suggest returns the path of a file named after the machine, which need not
// exist. Call it off the UI goroutine.
func (f Folder) Suggest(vm, ending string) string { return f.named(vm, "2006-01-02 15.04.05", ending) }

func (f Folder) named(vm, now, ending string) string {
	return filepath.Join(f.path(), strings.Map(fileRune, vm)+" "+time.Now().Format(now)+ending)
}

// fileRune replaces what has a meaning in paths.
func fileRune(r rune) rune {
	if r == '/' || r == 0 {
		return '_'
	}
	return r
}

// path is where the folder lies if there is one, else the home directory.
func (f Folder) path() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return os.TempDir()
	}
	config := cmp.Or(os.Getenv("XDG_CONFIG_HOME"), filepath.Join(home, ".config"))
	for _, dir := range []string{f.configured(filepath.Join(config, "user-dirs.dirs"), home), filepath.Join(home, f.name)} {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return home
}

// configured reads the folder from a file of lines such as
// XDG_PICTURES_DIR="$HOME/Bilder"; empty when there is none.
func (f Folder) configured(path, home string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close() //nolint:errcheck // only read
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if value, found := strings.CutPrefix(strings.TrimSpace(lines.Text()), f.variable+"="); found {
			return strings.Replace(strings.Trim(value, `"`), "$HOME", home, 1)
		}
	}
	return ""
}

// ShortPath writes the home directory as ~.
func ShortPath(path string) string {
	if home, err := os.UserHomeDir(); err == nil {
		if rest, inside := strings.CutPrefix(path, home+"/"); inside {
			return "~/" + rest
		}
	}
	return path
}
