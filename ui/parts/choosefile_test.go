package parts

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

// filesDesk is a home with files, and what was chosen of them.
func filesDesk(t *testing.T, at string, endings ...string) (w *kittest.Window, c *fileChooser, home string, chosen *[]string) {
	t.Helper()
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	for _, name := range []string{"Downloads/debian.iso", "Downloads/notes.txt", "Downloads/.hidden.iso", "Downloads/older/ubuntu.ISO", "Downloads/older/debian.iso"} {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, 2048), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := kit.LoadWords(); err != nil {
		t.Fatal(err)
	}
	svc, ctx := virttest.Open(t, "empty.xml")
	w = kittest.OpenAs(t, ctx, svc)
	w.Win.Resize(fyne.NewSize(1280, 800))
	chosen = &[]string{}
	c = newFileChooser(w.Kit, FileQuestion{Title: "A disc", At: at, Endings: endings, Chosen: func(path string) { *chosen = append(*chosen, path) }})
	return w, c, home, chosen
}

func (c *fileChooser) names() (names []string) {
	for _, r := range c.table.Rows() {
		names = append(names, r.name)
	}
	return names
}

func TestAFileIsChosenFromTheFolderForDownloadsAndThoseInIt(t *testing.T) {
	w, c, home, chosen := filesDesk(t, "", ".iso")
	lists := func(names ...string) {
		t.Helper()
		w.Until("the list is of "+strings.Join(names, ", "), func() bool { return slices.Equal(c.names(), names) })
	}
	lists("older", "debian.iso")
	w.Click("check box", "All files")
	lists("older", "debian.iso", "notes.txt")
	c.table.Select("older")
	w.Click("push button", "Choose")
	lists("debian.iso", "ubuntu.ISO")
	w.Click("push button", "The directory above")
	lists("older", "debian.iso", "notes.txt")
	w.Click("push button", "Home")
	lists("Downloads")
	w.Click("push button", "Downloads")
	lists("older", "debian.iso", "notes.txt")
	c.table.Select("debian.iso")
	w.Click("push button", "Choose")
	if want := []string{filepath.Join(home, "Downloads", "debian.iso")}; !slices.Equal(*chosen, want) || c.dialog.IsOpen() {
		t.Errorf("chosen are %q, want %q", *chosen, want)
	}
}

func TestATypedPathLeadsThereOrSaysWhyNot(t *testing.T) {
	w, c, home, chosen := filesDesk(t, "/no/such/place", ".iso")
	said := func(path string) {
		t.Helper()
		w.Until("it is said of "+path, func() bool { _, found := w.Find("alert", path); return found })
	}
	said("/no/such/place")
	w.Write("Path", "~/Downloads/older/debian.iso")
	c.path.OnSubmitted(c.path.Text())
	w.Until("it is selected where it lies", func() bool {
		rows := c.table.SelectedRows()
		return len(rows) == 1 && rows[0].name == "debian.iso" && c.dir == filepath.Join(home, "Downloads", "older")
	})
	locked := filepath.Join(home, "Downloads", "notes.txt", "x")
	w.Write("Path", locked)
	w.Click("push button", "Choose")
	said(locked)
	if len(*chosen) > 0 || len(c.names()) != 2 {
		t.Errorf("chosen are %q of %q", *chosen, c.names())
	}
	w.Write("Path", filepath.Join(home, "Downloads", "older", "ubuntu.ISO"))
	w.Click("push button", "Choose")
	w.Until("it is chosen", func() bool { return len(*chosen) == 1 && strings.HasSuffix((*chosen)[0], "older/ubuntu.ISO") })
}

func TestATypedPathThatIsNotAbsoluteBeginsInTheFolderThatIsShown(t *testing.T) {
	w, c, home, chosen := filesDesk(t, "")
	shown := func(names ...string) {
		t.Helper()
		w.Until("the list is of "+strings.Join(names, ", "), func() bool { return slices.Equal(c.names(), names) })
	}
	shown("older", "debian.iso", "notes.txt")
	enter := func(path string) {
		c.path.SetText(path)
		w.Click("push button", "Choose")
	}
	enter("older")
	shown("debian.iso", "ubuntu.ISO")
	enter("../../Downloads")
	shown("older", "debian.iso", "notes.txt")
	enter("older/ubuntu.ISO")
	w.Until("the file is found", func() bool { return len(c.table.SelectedRows()) == 1 && c.table.SelectedRows()[0].name == "ubuntu.ISO" })
	enter("debian.iso")
	w.Until("it is chosen", func() bool { return !c.dialog.IsOpen() })
	if want := []string{filepath.Join(home, "Downloads", "older", "debian.iso")}; !slices.Equal(*chosen, want) {
		t.Errorf("chosen are %q, want %q", *chosen, want)
	}
}

func TestTheChoiceOfAFileIsLeftWithoutOne(t *testing.T) {
	w, c, _, chosen := filesDesk(t, "")
	w.Until("all files are listed", func() bool { return len(c.names()) == 3 })
	w.Click("push button", "Cancel")
	if c.dialog.IsOpen() || len(*chosen) > 0 {
		t.Errorf("chosen are %q", *chosen)
	}
}
