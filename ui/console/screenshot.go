package console

import (
	"bufio"
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// savePicture writes a PNG file into the person's folder of pictures and
// returns its path. It never overwrites one.
func savePicture(vm string, png []byte) (string, error) {
	name := strings.Map(fileRune, vm) + " " + time.Now().Format("2006-01-02 15.04.05.000") + ".png"
	path := filepath.Join(picturesDir(), name)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", virt.Errorf(virt.KindUnavailable, "save the screenshot: %w", err)
	}
	if _, err = file.Write(png); err == nil {
		err = file.Close()
	} else {
		_ = file.Close() // the failure to write says more
	}
	if err != nil {
		return "", virt.Errorf(virt.KindNoSpace, "save the screenshot: %w", err)
	}
	return path, nil
}

// fileRune replaces what has a meaning in paths.
func fileRune(r rune) rune {
	if r == '/' || r == 0 {
		return '_'
	}
	return r
}

// picturesDir is XDG_PICTURES_DIR of xdg-user-dirs, if there is such a folder,
// else the home directory.
func picturesDir() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return os.TempDir()
	}
	config := cmp.Or(os.Getenv("XDG_CONFIG_HOME"), filepath.Join(home, ".config"))
	for _, dir := range []string{userDir(filepath.Join(config, "user-dirs.dirs"), home), filepath.Join(home, "Pictures")} {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return home
}

// userDir reads the folder of pictures from a file of lines such as
// XDG_PICTURES_DIR="$HOME/Bilder"; empty when there is none.
func userDir(path, home string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close() //nolint:errcheck // only read
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if value, found := strings.CutPrefix(strings.TrimSpace(lines.Text()), "XDG_PICTURES_DIR="); found {
			return strings.Replace(strings.Trim(value, `"`), "$HOME", home, 1)
		}
	}
	return ""
}

// shortPath writes the home directory as ~.
func shortPath(path string) string {
	if home, err := os.UserHomeDir(); err == nil {
		if rest, inside := strings.CutPrefix(path, home+"/"); inside {
			return "~/" + rest
		}
	}
	return path
}
