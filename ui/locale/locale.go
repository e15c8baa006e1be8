// Package locale makes the "C" locale speak English. It must be imported (for
// its effect) by the window's main package.
//
// Fyne's translations read the locale while packages are initialised and log
// an error for LANG=C.UTF-8, POSIX and the like, which name no language. This
// package imports nothing of Fyne, so Go initialises it earlier: packages that
// are ready are initialised in the order of their import paths, and Fyne's
// waits for golang.org/x/text, which sorts after this module.
package locale

import (
	"os"
	"strings"
)

const english = "en_US.UTF-8"

func init() { set(os.Getenv, os.Setenv) }

// set replaces those locale variables that name no language.
func set(get func(string) string, put func(string, string) error) {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if !speechless(get(name)) {
			continue
		}
		if err := put(name, english); err != nil {
			return // the environment is full: Fyne's complaint is then the smaller evil
		}
	}
}

// speechless tells whether a locale is set but names no language.
func speechless(locale string) bool {
	name, _, _ := strings.Cut(locale, ".")
	return name == "C" || name == "POSIX"
}
