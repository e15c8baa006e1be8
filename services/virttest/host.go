// Package virttest is a house for everybody's tests with real libvirt hosts in
// it: the test driver with a host described by a file, the QEMU driver inside
// the test's process, and a private libvirtd. Nothing of it is imitated, and
// nothing outlives its test.
package virttest

import (
	"embed"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

//go:embed testdata/*.xml
var hosts embed.FS

// TestHostXML returns the path of a private copy of a host of libvirt's test
// driver: empty.xml, one-running-vm.xml or several-states.xml.
func TestHostXML(t testing.TB, name string) string {
	t.Helper()
	text, err := hosts.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return writeHost(t, text)
}

// TestHost returns the URI of a private host of libvirt's test driver; see
// TestHostXML. Two connections to it see two hosts: nothing is shared.
func TestHost(t testing.TB, name string) string {
	t.Helper()
	return "test://" + TestHostXML(t, name)
}

// ManyVMs returns the URI of a private host of libvirt's test driver with n
// shut-off VMs, named vm-000 and so on.
func ManyVMs(t testing.TB, n int) string {
	t.Helper()
	type domain struct {
		Type     string `xml:"type,attr"`
		Name     string `xml:"name"`
		Memory   uint64 `xml:"memory"` // KiB
		VCPUs    uint   `xml:"vcpu"`
		OS       string `xml:"os>type"`
		RunState int    `xml:"http://libvirt.org/schemas/domain/test/1.0 runstate"`
	}
	type node struct {
		XMLName xml.Name `xml:"node"`
		Domains []domain `xml:"domain"`
	}
	const shutOff = 5 // virDomainState
	var host node
	for i := range n {
		host.Domains = append(host.Domains, domain{
			Type: "test", Name: fmt.Sprintf("vm-%03d", i), Memory: 512 << 10, VCPUs: 1, OS: "hvm", RunState: shutOff,
		})
	}
	text, err := xml.Marshal(host)
	if err != nil {
		t.Fatal(err)
	}
	return "test://" + writeHost(t, text)
}

func writeHost(t testing.TB, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "host.xml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
