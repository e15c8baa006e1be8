package console

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/ui/kit"
)

func TestAScreenshotGoesToThePersonsPictures(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	if got := pictures.path(); got != home {
		t.Errorf("without a folder of pictures it is %s", got)
	}
	for _, dir := range []string{".config", "Pictures", "Bilder"} {
		if err := os.Mkdir(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if got := pictures.path(); got != filepath.Join(home, "Pictures") {
		t.Errorf("the folder of pictures is %s", got)
	}
	config := "# written by xdg-user-dirs-update\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n"
	if err := os.WriteFile(filepath.Join(home, ".config", "user-dirs.dirs"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := pictures.save("a/b", ".png", []byte("picture"))
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(path) != filepath.Join(home, "Bilder") || !strings.HasPrefix(filepath.Base(path), "a_b ") {
		t.Errorf("saved as %s", path)
	}
	if got := shortPath(path); !strings.HasPrefix(got, "~/Bilder/a_b ") {
		t.Errorf("shown as %s", got)
	}
}

func TestTheCameraSavesWhatTheMachineShows(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.view().bar.shot.Press()
	var saved []string
	d.Until("a file appears", func() bool {
		saved, _ = filepath.Glob(filepath.Join(home, "web *.png"))
		return len(saved) == 1 && find(kit.Accessibility(d.Win, 1), "notification", "Screenshot saved") != nil
	})
	text, err := os.ReadFile(saved[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(text)); err != nil {
		t.Errorf("the file is no picture: %v", err)
	}
}
