package virt_test

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestAURIThatSaysNoMoreThanTheFieldsIsThem(t *testing.T) {
	for uri, want := range map[string]virt.SavedHost{
		"qemu:///system":                        {Transport: virt.TransportLocal, Custom: "qemu:///system"},
		"qemu+ssh://ada@server:2222/session":    {Transport: virt.TransportSSH, User: "ada", Address: "server", Port: 2222, Session: true},
		"qemu+tls://10.0.0.7/system":            {Transport: virt.TransportTLS, Address: "10.0.0.7"},
		"qemu+tcp://ada@10.0.0.7/system":        {Transport: virt.TransportTCP, User: "ada", Address: "10.0.0.7"},
		"qemu+tcp://server/system?mode=legacy":  {Transport: virt.TransportURI, Custom: "qemu+tcp://server/system?mode=legacy"},
		"qemu+ssh://server/system?command=/x/s": {Transport: virt.TransportURI, Custom: "qemu+ssh://server/system?command=/x/s"},
		"xen+tcp://server/system":               {Transport: virt.TransportURI, Custom: "xen+tcp://server/system"},
	} {
		got, err := virt.HostFromURI(uri)
		if err != nil || got != want {
			t.Errorf("%s is %+v, %v, want %+v", uri, got, err, want)
		}
		if got.URI() != uri && got.Transport != virt.TransportTCP {
			t.Errorf("%s becomes %s", uri, got.URI())
		}
	}
}
