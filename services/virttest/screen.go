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
	return screenHost(t, socket, false)
}

// SoundHost is ScreenHost whose VM has a sound card, too, with which its screen is
// connected.
func SoundHost(t testing.TB, socket string) string {
	t.Helper()
	return screenHost(t, socket, true)
}

func screenHost(t testing.TB, socket string, loud bool) string {
	t.Helper()
	type backend struct {
		ID   int    `xml:"id,attr"`
		Type string `xml:"type,attr,omitempty"`
	}
	type sound struct {
		Model string `xml:"model,attr"`
	}
	type graphics struct {
		Type    string   `xml:"type,attr"`
		Socket  string   `xml:"socket,attr"`
		Backend *backend `xml:"audio"`
	}
	type domain struct {
		Type     string   `xml:"type,attr"`
		Name     string   `xml:"name"`
		Memory   uint64   `xml:"memory"` // KiB
		VCPUs    uint     `xml:"vcpu"`
		OS       string   `xml:"os>type"`
		Graphics graphics `xml:"devices>graphics"`
		Sound    *sound   `xml:"devices>sound"`
		Backend  *backend `xml:"devices>audio"`
		RunState int      `xml:"http://libvirt.org/schemas/domain/test/1.0 runstate"`
	}
	type node struct {
		XMLName xml.Name `xml:"node"`
		Domain  domain   `xml:"domain"`
	}
	const running = 1 // virDomainState
	d := domain{
		Type: "test", Name: "web", Memory: 512 << 10, VCPUs: 1, OS: "hvm",
		Graphics: graphics{Type: "vnc", Socket: socket}, RunState: running,
	}
	if loud {
		d.Sound, d.Backend, d.Graphics.Backend = &sound{"ich9"}, &backend{ID: 1, Type: "none"}, &backend{ID: 1}
	}
	text, err := xml.Marshal(node{Domain: d})
	if err != nil {
		t.Fatal(err)
	}
	return "test://" + writeHost(t, text)
}
