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

// Metadata is what a domain document keeps for programs: ours and, read only,
// libosinfo's.
type Metadata struct {
	Tags []string // sorted, each once
	Try  bool
	OS   string // libosinfo short id
}

// Empty reports whether there is nothing to keep.
func (m Metadata) Empty() bool { return len(m.Tags) == 0 && !m.Try && m.OS == "" }

// XML writes our element.
func (m Metadata) XML() (string, error) {
	doc := etree.NewDocument()
	vm := doc.CreateElement(Prefix + ":vm")
	vm.CreateAttr("xmlns:"+Prefix, Namespace)
	if m.Try {
		vm.CreateElement(Prefix + ":try")
	}
	if m.OS != "" {
		vm.CreateElement(Prefix + ":os").SetText(m.OS)
	}
	for _, tag := range normalTags(m.Tags) {
		vm.CreateElement(Prefix + ":tag").SetText(tag)
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
func ParseMetadata(inner string) Metadata {
	var m Metadata
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
			m.readOurs(r, start)
		case osinfoNamespace:
			if id := osID(start); id != "" {
				m.OS = id // it is the more precise: ours only repeats what was asked for
			}
		default:
			if r.Skip() != nil {
				return m
			}
		}
	}
	m.Tags = normalTags(m.Tags)
	return m
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
			m.OS = text
		}
	}
}

func textOf(r *xml.Decoder, start xml.StartElement) (string, bool) {
	var text string
	err := r.DecodeElement(&text, &start)
	return strings.TrimSpace(text), err == nil
}

// osID makes libosinfo's short id of the long one, a URL such as
// http://ubuntu.com/ubuntu/24.04: the last two parts of its path together, which
// is right for all but a few of its 900 systems. Rolling ones have no version.
func osID(start xml.StartElement) string {
	if start.Name.Local != "os" {
		return ""
	}
	for _, a := range start.Attr {
		if a.Name.Local != "id" {
			continue
		}
		u, err := url.Parse(strings.TrimSpace(a.Value))
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
	return ""
}
