// Command osinfogen makes assets/osinfo.json of the operating system database
// of the distribution (package osinfo-db). The same database always makes the
// same file.
//
//	osinfogen [-db /usr/share/osinfo] [-check] FILE
//
// With -check it writes nothing and exits with 1 when the file is not what it
// would write. A database that is missing, or of another version than the file
// was made of, cannot tell: that is said and is no failure.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/internal/osinfo"
)

func main() {
	db := flag.String("db", "/usr/share/osinfo", "`DIRECTORY` of the database")
	check := flag.Bool("check", false, "only compare")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	run := generate
	if *check {
		run = compare
	}
	if err := run(*db, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "osinfogen:", err)
		os.Exit(1)
	}
}

func generate(db, path string) error {
	text, err := produce(db)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644) // a file of the source tree
}

func compare(db, path string) error {
	source, err := sourceOf(db)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("%s not compared: osinfo-db is not installed.\n", path)
		return nil
	}
	if err != nil {
		return err
	}
	have, err := os.ReadFile(path) // a file of the source tree
	if err != nil {
		return err
	}
	file, err := osinfo.Parse(have)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if file.Source != source {
		fmt.Printf("%s not compared: it is made of %s, installed is %s.\n", path, file.Source, source)
		return nil
	}
	want, err := produce(db)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, want) {
		return fmt.Errorf("%s is not what make generate writes", path)
	}
	return nil
}

// produce makes the text of the file.
func produce(db string) ([]byte, error) {
	source, err := sourceOf(db)
	if err != nil {
		return nil, err
	}
	products, err := readProducts(filepath.Join(db, "os"))
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = osinfo.File{Source: source, Systems: products.systems()}.Write(&text)
	return text.Bytes(), err
}

func sourceOf(db string) (string, error) {
	version, err := os.ReadFile(filepath.Join(db, "VERSION")) // the database asked for
	return "osinfo-db " + strings.TrimSpace(string(version)), err
}
