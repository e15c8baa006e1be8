// Command gallery shows every component of the kit in its states, for looking
// at: go run ./ui/kit/internal/gallery --theme dark
package main

import (
	"flag"
	"fmt"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	_ "github.com/kvmmanager/kvm-manager/ui/locale"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

func main() {
	look := flag.String("theme", "dark", "dark, light or system")
	contrast := flag.Bool("contrast", false, "higher contrast")
	page := flag.String("page", "controls", "controls, page, dialog, danger or menu")
	size := flag.String("size", "1280x800", "size of the window")
	flag.Parse()
	if err := run(*look, *contrast, *page, *size); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(look string, contrast bool, page, size string) error {
	mode, ok := map[string]theme.Mode{"dark": theme.Dark, "light": theme.Light, "system": theme.System}[look]
	if !ok {
		return fmt.Errorf("no theme %q", look)
	}
	show, ok := pages()[page]
	if !ok {
		return fmt.Errorf("no page %q", page)
	}
	var width, height float32
	if _, err := fmt.Sscanf(size, "%fx%f", &width, &height); err != nil {
		return fmt.Errorf("size %q: %w", size, err)
	}
	if err := kit.LoadWords(); err != nil {
		return err
	}
	a := app.NewWithID("org.kvmmanager.gallery")
	a.Settings().SetTheme(theme.Look{Mode: mode, HighContrast: contrast}.Theme())
	win := a.NewWindow("Component gallery")
	stage := kit.NewStage(win)
	win.Resize(fyne.NewSize(width, height))
	a.Lifecycle().SetOnStarted(func() { show(stage, win) })
	win.ShowAndRun()
	return nil
}

// pages are what can be looked at.
func pages() map[string]func(*kit.Stage, fyne.Window) {
	return map[string]func(*kit.Stage, fyne.Window){
		"controls": showControls,
		"page":     showPage,
		"dialog":   showDialog,
		"danger":   showDanger,
		"menu":     showMenu,
	}
}
