package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// rules are the two tables of the picture.
type rules struct {
	floors  map[string]int      // room pattern -> floor
	modules map[string][]string // import path prefix -> room patterns
}

var (
	quoted = regexp.MustCompile("`([^`]+)`")
	module = regexp.MustCompile("^`([a-z][a-z0-9-]*\\.[^`]+)`$")
	braces = regexp.MustCompile(`^(.*)\{([^}]+)\}(.*)$`)
)

// readRules reads every table row of the document whose first cell is a number
// (a floor; its rooms stand in backquotes in the second cell) or a quoted
// module (the rooms that may import it, in the second cell). A room is a
// package path; a/{b,c} is two, and a/* is every package below a.
func readRules(text string) (rules, error) {
	r := rules{floors: map[string]int{}, modules: map[string][]string{}}
	for line := range strings.Lines(text) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		first, rooms := strings.TrimSpace(cells[1]), roomsIn(cells[2])
		if floor, err := strconv.Atoi(first); err == nil {
			for _, room := range rooms {
				if _, twice := r.floors[room]; twice {
					return r, fmt.Errorf("room %s stands on two floors", room)
				}
				r.floors[room] = floor
			}
		} else if m := module.FindStringSubmatch(first); m != nil {
			r.modules[m[1]] = rooms
		}
	}
	if len(r.floors) == 0 || len(r.modules) == 0 {
		return r, errors.New("the table of floors or of modules is missing")
	}
	return r, nil
}

func roomsIn(cell string) []string {
	var rooms []string
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		b := braces.FindStringSubmatch(m[1])
		if b == nil {
			rooms = append(rooms, m[1])
			continue
		}
		for alternative := range strings.SplitSeq(b[2], ",") {
			rooms = append(rooms, b[1]+alternative+b[3])
		}
	}
	return rooms
}

// breaches compares the packages with the rules. Imports of tests are free.
func (r rules) breaches(pkgs []pkg) []string {
	var found []string
	for _, p := range pkgs {
		floor, ok := r.floor(p.room())
		if !ok {
			found = append(found, fmt.Sprintf("%s: has no floor in %s", p.room(), picture))
			continue
		}
		for _, path := range p.Imports {
			if room, ours := strings.CutPrefix(path, p.Module.Path+"/"); ours {
				below, known := r.floor(room)
				if known && below >= floor && !inside(p.room(), room) {
					found = append(found, fmt.Sprintf("%s (floor %d) imports %s (floor %d)", p.room(), floor, room, below))
				}
				continue
			}
			if owned, rooms := r.owners(path); rooms != nil && !matchesAny(rooms, p.room()) {
				found = append(found, fmt.Sprintf("%s imports %s: %s belongs to %s", p.room(), path, owned, strings.Join(rooms, ", ")))
			}
		}
	}
	return found
}

// inside allows a program its own internal packages, which share its floor.
func inside(importer, imported string) bool {
	return strings.HasPrefix(imported, importer+"/internal/")
}

// floor is that of the longest pattern that matches the room.
func (r rules) floor(room string) (floor int, ok bool) {
	best := -1
	for pattern, f := range r.floors {
		if matches(pattern, room) && len(pattern) > best {
			best, floor = len(pattern), f
		}
	}
	return floor, best >= 0
}

// owners is the row of the longest module prefix that covers an import path.
func (r rules) owners(path string) (prefix string, rooms []string) {
	for m, owners := range r.modules {
		if (path == m || strings.HasPrefix(path, m+"/")) && len(m) > len(prefix) {
			prefix, rooms = m, owners
		}
	}
	return prefix, rooms
}

func matches(pattern, room string) bool {
	if below, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(room, below)
	}
	return pattern == room
}

func matchesAny(patterns []string, room string) bool {
	for _, p := range patterns {
		if matches(p, room) {
			return true
		}
	}
	return false
}
