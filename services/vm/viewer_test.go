package vm

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestAViewerFileSaysWhereTheScreenIs(t *testing.T) {
	for _, c := range []struct {
		name   string
		screen virt.Graphics
		server string
		want   string // empty: the screen cannot be reached
	}{
		{"this computer", virt.Graphics{Type: "vnc", Listen: "127.0.0.1", Port: 5903, Password: true}, "", "host=127.0.0.1\nport=5903\n"},
		{"all addresses of this computer", virt.Graphics{Type: "vnc", Listen: "0.0.0.0", Port: 5900}, "", "host=localhost\nport=5900\n"},
		{"all addresses of another", virt.Graphics{Type: "vnc", Listen: "::", Port: 5900}, "rack2", "host=rack2\nport=5900\n"},
		{"one address of another", virt.Graphics{Type: "vnc", Listen: "10.0.4.1", Port: 5900}, "rack2", "host=10.0.4.1\nport=5900\n"},
		{"a socket", virt.Graphics{Type: "vnc", Socket: `/run/a\b`}, "", "unix-path=/run/a\\\\b\n"},
		{"only another computer itself", virt.Graphics{Type: "vnc", Listen: "127.0.0.1", Port: 5900}, "rack2", ""},
		{"a socket of another computer", virt.Graphics{Type: "vnc", Socket: "/run/a"}, "rack2", ""},
		{"nowhere", virt.Graphics{Type: "vnc"}, "", ""},
	} {
		got, err := viewerFile(virt.Ref{Kind: virt.KindVM, Name: " web"}, c.screen, c.server)
		if c.want == "" {
			if virt.KindOf(err) != virt.KindUnsupported || virt.HintOf(err) == "" {
				t.Errorf("%s: %q, %v", c.name, got, err)
			}
			continue
		}
		if want := "[virt-viewer]\ntype=vnc\n" + c.want + "title=\\sweb\ndelete-this-file=1\n"; string(got) != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, want)
		}
	}
}
