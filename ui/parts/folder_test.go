package parts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAScreenshotGoesToThePersonsPictures(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	if got := Pictures.path(); got != home {
		t.Errorf("without a folder of pictures it is %s", got)
	}
	for _, dir := range []string{".config", "Pictures", "Bilder"} {
		if err := os.Mkdir(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if got := Pictures.path(); got != filepath.Join(home, "Pictures") {
		t.Errorf("the folder of pictures is %s", got)
	}
	config := "# written by xdg-user-dirs-update\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n"
	if err := os.WriteFile(filepath.Join(home, ".config", "user-dirs.dirs"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := Pictures.Save("a/b", ".png", []byte("picture"))
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(path) != filepath.Join(home, "Bilder") || !strings.HasPrefix(filepath.Base(path), "a_b ") {
		t.Errorf("saved as %s", path)
	}
	if got := ShortPath(path); !strings.HasPrefix(got, "~/Bilder/a_b ") {
		t.Errorf("shown as %s", got)
	}
}
