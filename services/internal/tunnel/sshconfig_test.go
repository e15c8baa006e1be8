package tunnel_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/internal/tunnel"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// config writes files below .ssh of a home, and returns the home.
func config(t *testing.T, files map[string]string) string {
	t.Helper()
	home := t.TempDir()
	for name, text := range files {
		path := filepath.Join(home, ".ssh", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

func TestTheWayIsTheOneThatSSHConfigTells(t *testing.T) {
	home := config(t, map[string]string{
		"config": `
# the first value counts
Include more/*.conf missing.conf
Host lab *.lab !old.lab
	HostName %h.example.org
	User=ada
	Port 2022
	IdentityFile "~/.ssh/lab key"
	IdentityFile %d/.ssh/%r
	ProxyJump gate
Host gate
	ProxyJump ssh://outer:2200
Host direct
	ProxyJump none
Host [broken
	User nobody
Match host lab
	User never
Match all
	User everybody
Host lab
	User late
`,
		"more/10.conf": "Host outer\nUser eve\nPort many\nHost gate\nUser gus\n",
	})
	lab := virt.SavedHost{Transport: virt.TransportSSH, Address: "lab"}
	with := func(change func(*virt.SavedHost)) virt.SavedHost {
		h := lab
		change(&h)
		return h
	}
	for what, c := range map[string]struct {
		host virt.SavedHost
		want string
	}{
		"a host through two others":    {lab, "eve@outer:2200 gus@gate:22 ada@lab.example.org:2022"},
		"a pattern":                    {with(func(h *virt.SavedHost) { h.Address = "new.lab" }), "eve@outer:2200 gus@gate:22 ada@new.lab.example.org:2022"},
		"a pattern's exception":        {with(func(h *virt.SavedHost) { h.Address = "old.lab" }), "everybody@old.lab:22"},
		"what the host itself says":    {with(func(h *virt.SavedHost) { h.User, h.Port = "bob", 23 }), "eve@outer:2200 gus@gate:22 bob@lab.example.org:23"},
		"jump hosts of its own":        {with(func(h *virt.SavedHost) { h.JumpHost = "ida@direct:2" }), "ida@direct:2 ada@lab.example.org:2022"},
		"a host that nobody jumps for": {with(func(h *virt.SavedHost) { h.Address = "direct" }), "everybody@direct:22"},
	} {
		if route, _ := tunnel.Route(c.host, home); strings.Join(route, " ") != c.want {
			t.Errorf("%s: %q, want %q", what, route, c.want)
		}
	}
	_, keys := tunnel.Route(lab, home)
	if want := []string{home + "/.ssh/lab key", home + "/.ssh/ada"}; len(keys) < 3 || !slices.Equal(keys[:2], want) {
		t.Errorf("the keys are %q, want %q first", keys, want)
	}
	_, keys = tunnel.Route(with(func(h *virt.SavedHost) { h.Key = "~/own" }), home)
	if !slices.Equal(keys, []string{home + "/own"}) {
		t.Errorf("beside the one that is named: %q", keys)
	}
}

func TestAGatewayForAllHostsIsNotAGatewayForItself(t *testing.T) {
	home := config(t, map[string]string{"config": "Host *\nUser ada\nProxyJump gate\n"})
	for address, want := range map[string]string{"lab": "ada@gate:22 ada@lab:22", "gate": "ada@gate:22"} {
		if route, _ := tunnel.Route(virt.SavedHost{Transport: virt.TransportSSH, Address: address}, home); strings.Join(route, " ") != want {
			t.Errorf("to %s by %q, want %q", address, route, want)
		}
	}
}

func TestFilesThatIncludeEachOtherAreReadAndLeft(t *testing.T) {
	home := config(t, map[string]string{"config": "Include config\nHost lab\nUser ada\n"})
	if route, _ := tunnel.Route(virt.SavedHost{Transport: virt.TransportSSH, Address: "lab"}, home); !slices.Equal(route, []string{"ada@lab:22"}) {
		t.Errorf("got %q", route)
	}
}

func TestAProgramLeadsToTheHostOnlyWhereNothingElseDoes(t *testing.T) {
	home := config(t, map[string]string{"config": `
Host by
	ProxyCommand connect %h
Host jumped
	ProxyJump gate
	ProxyCommand connect %h
Host none
	ProxyCommand none
`})
	for address, want := range map[string]bool{"by": true, "jumped": false, "none": false, "other": false} {
		h := virt.SavedHost{Transport: virt.TransportSSH, Address: address}
		if got := tunnel.ByProgram(h, home); got != want {
			t.Errorf("%s: %v", address, got)
		}
		h.JumpHost = "gate"
		if tunnel.ByProgram(h, home) {
			t.Errorf("%s through a jump host of its own is reached by a program", address)
		}
	}
}
