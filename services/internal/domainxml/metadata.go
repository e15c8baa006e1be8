package domainxml

import (
	"encoding/xml"
	"net/url"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Namespace is that of our element in a domain's metadata; Prefix is the one it
// is written with (virDomainSetMetadata wants both).
const (
	Namespace = "https://kvmmanager.org/xmlns/vm/1"
	Prefix    = "kvmmanager"
)

// osinfoNamespace is what virt-manager, Boxes and Cockpit say the operating
// system by.
const osinfoNamespace = "http://libosinfo.org/xmlns/libvirt/domain/1.0"

// Metadata is what a domain document keeps for programs: ours and libosinfo's.
type Metadata struct {
	Tags  []string // sorted, each once
	Try   bool
	OS    string // libosinfo's short id
	OSURI string // libosinfo's long id, by which other programs know it
}

// Empty reports whether there is nothing to keep.
func (m Metadata) Empty() bool { return len(m.Tags) == 0 && !m.Try && m.OS == "" }

// XML writes our element and, when there is a long id, libosinfo's.
func (m Metadata) XML() (string, error) {
	doc := etree.NewDocument()
	vm := doc.CreateElement(Prefix + ":vm")
	vm.CreateAttr("xmlns:"+Prefix, Namespace)
	if m.Try {
		vm.CreateElement(Prefix + ":try")
	}
	if m.OS != "" {
		os := vm.CreateElement(Prefix + ":os")
		os.SetText(m.OS)
		if m.OSURI != "" {
			os.CreateAttr("uri", m.OSURI)
		}
	}
	for _, tag := range normalTags(m.Tags) {
		vm.CreateElement(Prefix + ":tag").SetText(tag)
	}
	if m.OSURI != "" {
		other := doc.CreateElement("libosinfo:libosinfo")
		other.CreateAttr("xmlns:libosinfo", osinfoNamespace)
		other.CreateElement("libosinfo:os").CreateAttr("id", m.OSURI)
	}
	text, err := doc.WriteToString()
	if err != nil {
		return "", virt.Errorf(virt.KindInternal, "write metadata: %w", err)
	}
	return text, nil
}

// normalTags sorts tags and leaves out blank and repeated ones.
func normalTags(tags []string) []string {
	var kept []string
	for _, tag := range tags {
		if tag = strings.TrimSpace(tag); tag != "" {
			kept = append(kept, tag)
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

// ParseMetadata reads the inside of a document's element metadata. Elements of
// other programs are passed over, and so is all that follows broken XML.
//
// The OS is what libosinfo's element says, for other programs change it. Ours
// has the precise short id of the same long one.
func ParseMetadata(inner string) Metadata {
	var m, ours Metadata
	r := xml.NewDecoder(strings.NewReader(inner))
	for {
		token, err := r.Token()
		if err != nil {
			break // the end
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Space {
		case Namespace:
			ours.readOurs(r, start)
		case osinfoNamespace:
			if uri := osURI(start); osID(uri) != "" {
				m.OSURI, m.OS = uri, osID(uri)
			}
		default:
			if r.Skip() != nil {
				return m.with(ours)
			}
		}
	}
	return m.with(ours)
}

// with joins what libosinfo's element says and what ours does.
func (m Metadata) with(ours Metadata) Metadata {
	if m.OS != "" && m.OSURI != ours.OSURI {
		ours.OS, ours.OSURI = m.OS, m.OSURI
	}
	ours.Tags = normalTags(ours.Tags)
	return ours
}

func (m *Metadata) readOurs(r *xml.Decoder, start xml.StartElement) {
	switch start.Name.Local {
	case "try":
		m.Try = true
	case "tag":
		if text, ok := textOf(r, start); ok {
			m.Tags = append(m.Tags, text)
		}
	case "os":
		if text, ok := textOf(r, start); ok && m.OS == "" {
			m.OS, m.OSURI = text, attribute(start, "uri")
		}
	}
}

func textOf(r *xml.Decoder, start xml.StartElement) (string, bool) {
	var text string
	err := r.DecodeElement(&text, &start)
	return strings.TrimSpace(text), err == nil
}

// osURI returns the long id that libosinfo's element names, if it is that.
func osURI(start xml.StartElement) string {
	if start.Name.Local != "os" {
		return ""
	}
	return attribute(start, "id")
}

func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// osID makes libosinfo's short id of the long one, a URL such as
// http://ubuntu.com/ubuntu/24.04: the last two parts of its path together, which
// is right for nine of ten systems. Rolling ones have no version.
func osID(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 2 {
		return parts[0]
	}
	name, version := parts[len(parts)-2], parts[len(parts)-1]
	if version == "rolling" {
		return name
	}
	return name + version
}
