package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A product is an operating system as osinfo-db writes it
// (/usr/share/osinfo/schema/osinfo.rng), as far as it is of use here.
type product struct {
	ID       string      `xml:"id,attr"`
	ShortIDs []string    `xml:"short-id"`
	Names    []text      `xml:"name"`
	Version  string      `xml:"version"`
	Family   string      `xml:"family"`
	Distro   string      `xml:"distro"`
	Codename string      `xml:"codename"`
	Released string      `xml:"release-date"`
	EOL      string      `xml:"eol-date"`
	Status   string      `xml:"release-status"`
	Derives  []related   `xml:"derives-from"`
	Clones   []related   `xml:"clones"`
	Devices  []device    `xml:"devices>device"`
	Firmware []firmware  `xml:"firmware"`
	Need     []resources `xml:"resources"`
	Media    []medium    `xml:"media"`
}

type text struct {
	Lang string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	Text string `xml:",chardata"`
}

type related struct {
	ID string `xml:"id,attr"`
}

type device struct {
	ID        string `xml:"id,attr"`
	Supported string `xml:"supported,attr"` // empty: true
}

type firmware struct {
	Arch      string `xml:"arch,attr"`
	Type      string `xml:"type,attr"`
	Supported string `xml:"supported,attr"` // empty: true
}

type resources struct {
	Arch        string   `xml:"arch,attr"`
	Inherit     bool     `xml:"inherit,attr"`
	Minimum     *amounts `xml:"minimum"`
	Recommended *amounts `xml:"recommended"`
}

type amounts struct {
	CPUs    uint   `xml:"n-cpus"`
	RAM     uint64 `xml:"ram"`
	Storage uint64 `xml:"storage"`
}

type medium struct {
	Arch string `xml:"arch,attr"`
	ISO  struct {
		Volume      string `xml:"volume-id"`
		System      string `xml:"system-id"`
		Publisher   string `xml:"publisher-id"`
		Application string `xml:"application-id"`
		Size        uint64 `xml:"volume-size"`
	} `xml:"iso"`
}

// nobody is the entry that stands for systems that the database does not know.
const nobody = "http://libosinfo.org/unknown"

// products are all operating systems by their long id.
type products map[string]product

// readProducts reads the files VENDOR/NAME.xml below dir. Folders NAME.d hold
// only drivers and scripts.
func readProducts(dir string) (products, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.xml"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there is no operating system in %s", dir)
	}
	all := products{}
	for _, path := range files {
		raw, err := os.ReadFile(path) // the database asked for
		if err != nil {
			return nil, err
		}
		var doc struct {
			OS []product `xml:"os"`
		}
		if err := xml.Unmarshal(raw, &doc); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		for _, p := range doc.OS {
			if p.ID == nobody {
				continue
			}
			if len(p.ShortIDs) == 0 {
				return nil, fmt.Errorf("%s: %s has no short id", path, p.ID)
			}
			all[p.ID] = p
		}
	}
	return all, nil
}

// name is the English one.
func (p product) name() string {
	i := slices.IndexFunc(p.Names, func(t text) bool { return t.Lang == "" })
	if i < 0 {
		return p.ShortIDs[0]
	}
	return strings.TrimSpace(p.Names[i].Text)
}

// line returns the product and those it inherits from, nearest first.
func (all products) line(id string) []product {
	var line []product
	seen := map[string]bool{id: true}
	for next := []string{id}; len(next) > 0; next = next[1:] {
		p, ok := all[next[0]]
		if !ok {
			continue
		}
		line = append(line, p)
		for _, r := range slices.Concat(p.Derives, p.Clones) {
			if !seen[r.ID] {
				seen[r.ID] = true
				next = append(next, r.ID)
			}
		}
	}
	return line
}
