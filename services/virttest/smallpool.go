package virttest

import (
	"testing"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
)

// SmallPool makes and starts the pool “default” in the directory Small: a host
// with no room for disks.
func (d *Daemon) SmallPool(t testing.TB) {
	t.Helper()
	conn, err := hypervisor.Open(d.URI, hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	xml, err := (&libvirtxml.StoragePool{
		Type: "dir", Name: "default", Target: &libvirtxml.StoragePoolTarget{Path: d.Small},
	}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	pool, err := conn.DefinePool(xml)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.StartPool(pool.ID); err != nil {
		t.Fatal(err)
	}
}
