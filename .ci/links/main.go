// Command links checks the Markdown files of the project: every relative link
// and picture must name a file that exists, and every #anchor a heading. Links
// to the web are not followed. It prints each broken link and exits with 1.
//
//	go run ./.ci/links README.md docs/*.md
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)[^)]*\)`)
	code    = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	heading = regexp.MustCompile(`(?m)^#{1,6}\s+(.+?)\s*$`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

func main() {
	broken := 0
	for _, file := range os.Args[1:] {
		problems, err := check(file)
		if err != nil {
			fmt.Fprintln(os.Stderr, "links:", err)
			os.Exit(1)
		}
		for _, p := range problems {
			fmt.Println(p)
		}
		broken += len(problems)
	}
	if broken > 0 {
		os.Exit(1)
	}
}

// check names the broken links of one file.
func check(file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(string(text), ""), -1) {
		path, anchor, _ := strings.Cut(m[1], "#")
		if strings.Contains(path, ":") {
			continue // an address of the web
		}
		target := file
		if path != "" {
			target = filepath.Join(filepath.Dir(file), path)
		}
		if _, err := os.Stat(target); err != nil {
			problems = append(problems, fmt.Sprintf("%s: %s does not exist", file, m[1]))
			continue
		}
		if anchor == "" {
			continue
		}
		there, err := os.ReadFile(target)
		if err != nil {
			return nil, err
		}
		if !anchors(string(there))[anchor] {
			problems = append(problems, fmt.Sprintf("%s: %s has no such heading", file, m[1]))
		}
	}
	return problems, nil
}

// anchors are the names that a Markdown renderer gives to the headings: lower
// case, spaces as dashes, punctuation dropped.
func anchors(text string) map[string]bool {
	names := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		name := dropped.ReplaceAllString(strings.ToLower(m[1]), "")
		names[strings.ReplaceAll(name, " ", "-")] = true
	}
	return names
}
