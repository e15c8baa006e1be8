// Package assets holds the files that travel inside the programs: fonts, icons,
// translations and the program's own mark. Each folder of others' work carries
// its licence.
package assets

import (
	"embed"
	"fmt"
	"io/fs"
	"sort"
	"strings"
)

//go:embed fonts/*.otf fonts/*.ttf icons/*.svg app/*.svg app/*.png translations/*.json osinfo.json
var files embed.FS

// Font returns the font file of that name, such as "Inter-Regular.otf".
// It panics when the program was built without it.
func Font(name string) []byte { return must("fonts/" + name) }

// Icon returns the SVG of that name, without ".svg", on a 24 by 24 grid and
// drawn in "currentColor". The error wraps fs.ErrNotExist for unknown names.
func Icon(name string) ([]byte, error) {
	b, err := files.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return nil, fmt.Errorf("icon %q: %w", name, err)
	}
	return b, nil
}

// IconNames lists every icon, sorted.
func IconNames() []string {
	entries, err := fs.Glob(files, "icons/*.svg")
	if err != nil {
		panic(err) // the pattern is constant
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(strings.TrimPrefix(e, "icons/"), ".svg")
	}
	sort.Strings(names)
	return names
}

// AppIcon returns the program's mark as a PNG of 256 by 256 pixels, for
// window managers.
func AppIcon() []byte { return must("app/kvm-manager.png") }

// AppIconSVG returns the program's mark as SVG.
func AppIconSVG() []byte { return must("app/kvm-manager.svg") }

// Translations returns the folder translations: one JSON file per language,
// whose keys are the English sentences. English has only the sentences with a
// number, in their singular and plural form.
func Translations() embed.FS { return files }

// OSInfo returns what is known of operating systems, in the form of package
// services/internal/osinfo; make generate makes it.
func OSInfo() []byte { return must("osinfo.json") }

func must(path string) []byte {
	b, err := files.ReadFile(path)
	if err != nil {
		panic(err) // embedded at build time, so it cannot be missing at run time
	}
	return b
}
