package batch_test

import (
	"context"
	"fmt"
	"testing"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// perHost is how many machines each of two real hosts has: more than are
// worked on at once.
const perHost = 6

// openBoth opens both daemons, each with machines that have no disks.
func openBoth(t *testing.T, daemons ...*virttest.Daemon) (*services.Services, context.Context) {
	t.Helper()
	var uris []string
	for _, d := range daemons {
		define(t, d.URI)
		uris = append(uris, d.URI)
	}
	return virttest.OpenURI(t, uris...)
}

// twoHosts returns the names of both hosts and their machines, once both have
// been reached.
func twoHosts(t *testing.T, s *services.Services, ctx context.Context) ([]virt.HostID, []virt.Ref) { //nolint:revive // t comes first in tests
	t.Helper()
	hosts, err := s.Hosts.IDs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var machines []virt.Ref
	for _, id := range hosts {
		machines = append(machines, all(t, s, ctx, id)...)
	}
	return hosts, machines
}

func define(t *testing.T, uri string) {
	t.Helper()
	conn, err := hypervisor.Open(uri, hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for i := range perHost {
		domain := &libvirtxml.Domain{
			Type: "qemu", Name: fmt.Sprintf("small-%d", i),
			Memory:  &libvirtxml.DomainMemory{Value: 16, Unit: "MiB"},
			VCPU:    &libvirtxml.DomainVCPU{Value: 1},
			OS:      &libvirtxml.DomainOS{Type: &libvirtxml.DomainOSType{Arch: "x86_64", Machine: "pc", Type: "hvm"}},
			Devices: &libvirtxml.DomainDeviceList{MemBalloon: &libvirtxml.DomainMemBalloon{Model: "none"}},
		}
		xml, err := domain.Marshal()
		if err == nil {
			_, err = conn.DefineDomain(xml)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
