package osinfo

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A File is what assets/osinfo.json holds.
type File struct {
	// Source names the database and its version: "osinfo-db 20221203".
	Source  string   `json:"source"`
	Systems []System `json:"systems"` // by ID
}

// A System is an OS with what the file needs to find it by. All names are short
// because there are many.
type System struct {
	ID          string            `json:"id"`
	Aliases     []string          `json:"alias,omitempty"` // other short ids
	URI         string            `json:"uri"`
	Name        string            `json:"name"`
	Family      string            `json:"family,omitempty"`
	Distro      string            `json:"distro,omitempty"`
	Version     string            `json:"version,omitempty"`
	Codename    string            `json:"codename,omitempty"`
	Released    string            `json:"released,omitempty"`
	EndOfLife   string            `json:"eol,omitempty"`
	Rolling     bool              `json:"rolling,omitempty"` // has releases no more
	Minimum     *virt.OSResources `json:"min,omitempty"`
	Recommended *virt.OSResources `json:"rec,omitempty"`
	Firmware    virt.OSFirmware   `json:"firmware,omitempty"`
	TPM         bool              `json:"tpm,omitempty"`
	Devices     []virt.OSDevice   `json:"devices,omitempty"`
	Media       []Media           `json:"media,omitempty"`
}

// A Media is how an installation medium is known. The texts are regular
// expressions that must match somewhere; empty ones are not asked for.
type Media struct {
	Arch        string `json:"arch,omitempty"`
	Volume      string `json:"volume,omitempty"`
	System      string `json:"system,omitempty"`
	Publisher   string `json:"publisher,omitempty"`
	Application string `json:"application,omitempty"`
	Size        uint64 `json:"size,omitempty"` // of the volume, bytes; 0: any
}

// OS returns the system in the words of package virt.
func (s System) OS() virt.OS {
	o := virt.OS{
		ID: s.ID, URI: s.URI, Name: s.Name, Family: s.Family, Distro: s.Distro, Version: s.Version,
		Released: s.Released, EndOfLife: s.EndOfLife, Firmware: s.Firmware, TPM: s.TPM, Devices: s.Devices,
	}
	if s.Minimum != nil {
		o.Minimum = *s.Minimum
	}
	if s.Recommended != nil {
		o.Recommended = *s.Recommended
	}
	if o.Devices == nil {
		o.Devices = []virt.OSDevice{}
	}
	return o
}

// Write writes the file with one system a line, so that a new database makes a
// difference that can be read.
func (f File) Write(w io.Writer) error {
	source, err := json.Marshal(f.Source)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "{\"source\": %s, \"systems\": [", source); err != nil {
		return err
	}
	for i, s := range f.Systems {
		line, err := json.Marshal(s)
		if err != nil {
			return err
		}
		separator := ","
		if i == 0 {
			separator = ""
		}
		if _, err := fmt.Fprintf(w, "%s\n%s", separator, line); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, "\n]}\n")
	return err
}
