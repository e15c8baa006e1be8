package parts

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A FileQuestion asks for a file of this computer.
type FileQuestion struct {
	Title   string
	At      string   // a file or directory to begin with; without one it is the folder for downloads
	Endings []string // of the files that are wanted, such as ".iso"; none: all
	Chosen  func(path string)
}

// chooseTall is how high the list of files wants to be, in units.
const chooseTall = 420

// fileChooser is the dialog of a FileQuestion.
type fileChooser struct {
	kit    *kit.Kit
	ask    FileQuestion
	dir    string // what the list shows
	rows   []fileRow
	path   *kit.Entry
	table  *kit.DataTable[fileRow]
	all    *kit.Checkbox
	choose *kit.Button
	dialog *kit.Dialog
	cancel func() // of the reading
}

// A fileRow is a file or directory in the list.
type fileRow struct {
	name    string
	dir     bool
	size    uint64
	changed time.Time
}

// ChooseFile opens a dialog that asks.
func ChooseFile(k *kit.Kit, ask FileQuestion) { newFileChooser(k, ask) }

func newFileChooser(k *kit.Kit, ask FileQuestion) *fileChooser {
	c := &fileChooser{kit: k, ask: ask, cancel: func() {}}
	c.path = kit.NewEntry(lang.L("Path"), "")
	c.path.OnSubmitted = c.goTo
	c.table = kit.NewTable(c.spec())
	c.all = kit.NewCheckbox(lang.L("All files"), func(bool) { c.filter() })
	c.choose = kit.Primary("", lang.L("Choose"), c.answer)
	up := kit.IconButton("arrow-up", lang.L("The directory above"), func() { c.list(filepath.Dir(c.dir), filepath.Base(c.dir)) })
	places := kit.Row(12, up)
	for _, p := range c.places() {
		places.Add(kit.Link("", p.name, func() { c.list(p.path, "") }))
	}
	body := kit.Col(10, kit.Row(14, places, kit.Grow(c.path)), kit.Grow(kit.NewFlushCard(lang.L("Files"), c.table)))
	spec := kit.DialogSpec{
		Title: ask.Title, Width: kit.WideDialog + 120, Body: body, Tall: chooseTall,
		Action: c.choose, OnCancel: func() { c.cancel() },
	}
	if len(ask.Endings) > 0 {
		spec.Left = c.all
	}
	c.dialog = kit.NewDialog(spec)
	c.dialog.FocusFirst(c.path.Focusable())
	c.dialog.Open(k.Win.Canvas())
	c.begin()
	return c
}

type place struct{ name, path string }

// places are where files usually are, as far as they exist.
func (c *fileChooser) places() []place {
	all := []place{{lang.L("Downloads"), Downloads.path()}, {lang.L("Computer"), "/"}}
	if home, err := os.UserHomeDir(); err == nil && home != all[0].path {
		all = slices.Insert(all, 0, place{lang.L("Home"), home})
	}
	return all
}

func (c *fileChooser) spec() kit.TableSpec[fileRow] {
	return kit.TableSpec[fileRow]{
		Name: lang.L("Files"), ID: func(r fileRow) string { return r.name }, Single: true, Sort: "name",
		Columns: []kit.Column[fileRow]{
			{ID: "name", Title: lang.L("Name"), Width: 260, Flex: 1, Cell: fileNameCell, Less: byFileName},
			{ID: "size", Title: lang.L("Size"), Width: 90, Trailing: true, Cell: fileSizeCell, Less: func(a, b fileRow) bool { return a.size < b.size }},
			{ID: "changed", Title: lang.L("Changed"), Width: 150, Drop: 1, Cell: fileTimeCell, Less: func(a, b fileRow) bool { return a.changed.Before(b.changed) }},
		},
		Open: c.open,
		Selected: func(rows []fileRow) {
			if len(rows) > 0 {
				c.path.SetText(filepath.Join(c.dir, rows[0].name))
			}
		},
		Empty:    kit.NewEmptyState("folder", lang.L("Nothing is in here"), ""),
		Filtered: kit.NewEmptyState("folder", lang.L("No such file is in here"), lang.L("{{.Endings}} are shown, and directories.", map[string]any{"Endings": strings.Join(c.ask.Endings, ", ")})),
	}
}

func fileNameCell(r fileRow) kit.Cell {
	if r.dir {
		return kit.IconCell("folder", r.name, theme.Accent)
	}
	return kit.IconCell("file-text", r.name, theme.Text)
}

func fileSizeCell(r fileRow) kit.Cell {
	if r.dir {
		return kit.MutedCell("")
	}
	return kit.TextCell(Size(r.size))
}

func fileTimeCell(r fileRow) kit.Cell {
	if r.changed.IsZero() {
		return kit.NoCell()
	}
	return kit.MutedCell(When(r.changed, time.Now()))
}

// byFileName has directories first.
func byFileName(a, b fileRow) bool {
	if a.dir != b.dir {
		return a.dir
	}
	if x, y := strings.ToLower(a.name), strings.ToLower(b.name); x != y {
		return x < y
	}
	return a.name < b.name
}

// begin shows the directory to begin with.
func (c *fileChooser) begin() {
	at := c.ask.At
	if !filepath.IsAbs(at) {
		at = Downloads.path()
	}
	c.table.SetLoading()
	c.goTo(at)
}

// goTo shows the directory of that path, or of the file of that path with the
// file selected. A file that the person has typed is chosen by Enter once more.
func (c *fileChooser) goTo(path string) {
	path = c.expanded(path)
	var is os.FileInfo
	c.read(func(context.Context) (err error) {
		is, err = os.Stat(path)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			c.problem(path, err)
		case is.IsDir():
			c.list(path, "")
		case path == filepath.Join(c.dir, filepath.Base(path)):
			c.end(path)
		default:
			c.list(filepath.Dir(path), filepath.Base(path))
		}
	})
}

// expanded is a path as a shell in the directory that is shown would have it: ~ is
// the home directory.
func (c *fileChooser) expanded(path string) string {
	path = strings.TrimSpace(path)
	if rest, found := strings.CutPrefix(path, "~"); found && (rest == "" || rest[0] == '/') {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if !filepath.IsAbs(path) {
		return filepath.Join("/", c.dir, path)
	}
	return filepath.Clean(path)
}

// list shows a directory and selects the name in it, if it is there.
func (c *fileChooser) list(dir, selected string) {
	var rows []fileRow
	c.read(func(ctx context.Context) (err error) {
		rows, err = readDir(ctx, dir)
		return err
	}, func(err error) {
		if err != nil {
			c.problem(dir, err)
			return
		}
		c.dir, c.rows = dir, rows
		c.path.SetText(dir)
		c.table.SetBanner(nil)
		c.table.Select()
		c.table.SetRows(rows)
		c.filter()
		if selected != "" {
			c.table.Select(selected)
			c.table.ShowRow(selected)
		}
	})
}

// read reads off the UI goroutine; what was being read before is forgotten.
func (c *fileChooser) read(read func(context.Context) error, end func(error)) {
	c.cancel()
	c.cancel = c.kit.RunTo(read, func(err error) {
		if !errors.Is(err, context.Canceled) && c.dialog.IsOpen() {
			end(err)
		}
	})
}

// readDir lists a directory without its hidden files. What cannot be looked at is
// listed as far as it is known.
func readDir(ctx context.Context, dir string) ([]fileRow, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	rows := make([]fileRow, 0, len(entries))
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		row := fileRow{name: e.Name(), dir: e.IsDir()}
		if info, err := os.Stat(filepath.Join(dir, e.Name())); err == nil { // follows links
			row.dir, row.changed = info.IsDir(), info.ModTime()
			if !row.dir {
				row.size = uint64(max(0, info.Size()))
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// filter shows only the files that are wanted, unless all are.
func (c *fileChooser) filter() {
	if len(c.ask.Endings) == 0 || c.all.Checked() {
		c.table.SetFilter(nil)
		return
	}
	c.table.SetFilter(func(r fileRow) bool {
		return r.dir || slices.ContainsFunc(c.ask.Endings, func(ending string) bool {
			return strings.HasSuffix(strings.ToLower(r.name), ending)
		})
	})
}

// open is a double click or Enter on a row.
func (c *fileChooser) open(r fileRow) {
	path := filepath.Join(c.dir, r.name)
	if r.dir {
		c.list(path, "")
		return
	}
	c.end(path)
}

// answer is the button: it goes into a directory, and takes a file.
func (c *fileChooser) answer() {
	path := c.expanded(c.path.Text())
	if rows := c.table.SelectedRows(); len(rows) > 0 && path == filepath.Join(c.dir, rows[0].name) {
		c.open(rows[0])
		return
	}
	c.goTo(path)
}

func (c *fileChooser) end(path string) {
	c.cancel()
	c.dialog.Close()
	c.ask.Chosen(path)
}

// problem says above the list why a path cannot be shown; the list stays.
func (c *fileChooser) problem(path string, err error) {
	why := err
	var failed *os.PathError
	if errors.As(err, &failed) {
		why = failed.Err
	}
	c.table.SetRows(c.rows)
	c.table.SetBanner(kit.NewBanner(kit.ErrBanner, path, kit.Sentence(why.Error())))
}
