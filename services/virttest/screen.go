package virttest

import (
	"encoding/xml"
	"testing"
)

// ScreenHost returns the URI of a private host of libvirt's test driver with
// one running VM, named web, whose VNC screen is served at the Unix socket. The
// VM's life is the test driver's; its screen is whoever listens there.
func ScreenHost(t testing.TB, socket string) string {
	t.Helper()
	type graphics struct {
		Type   string `xml:"type,attr"`
		Socket string `xml:"socket,attr"`
	}
	type domain struct {
		Type     string   `xml:"type,attr"`
		Name     string   `xml:"name"`
		Memory   uint64   `xml:"memory"` // KiB
		VCPUs    uint     `xml:"vcpu"`
		OS       string   `xml:"os>type"`
		Graphics graphics `xml:"devices>graphics"`
		RunState int      `xml:"http://libvirt.org/schemas/domain/test/1.0 runstate"`
	}
	type node struct {
		XMLName xml.Name `xml:"node"`
		Domain  domain   `xml:"domain"`
	}
	const running = 1 // virDomainState
	text, err := xml.Marshal(node{Domain: domain{
		Type: "test", Name: "web", Memory: 512 << 10, VCPUs: 1, OS: "hvm",
		Graphics: graphics{Type: "vnc", Socket: socket}, RunState: running,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return "test://" + writeHost(t, text)
}
