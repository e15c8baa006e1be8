package hypervisor_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func (s suite) pool(t *testing.T, name, path string) virt.Pool {
	t.Helper()
	pool, err := s.conn.DefinePool(text(t, &libvirtxml.StoragePool{
		Type: "dir", Name: name, Target: &libvirtxml.StoragePoolTarget{Path: path},
	}))
	must(t, err)
	t.Cleanup(func() {
		if p, err := s.conn.PoolByName(name); err == nil && p.Active {
			must(t, s.conn.StopPool(pool.ID))
		}
		if err := s.conn.UndefinePool(pool.ID); err != nil && !errors.Is(err, virt.ErrNotFound) {
			t.Error(err)
		}
	})
	return pool
}

func volume(name string, capacity, allocation uint64) *libvirtxml.StorageVolume {
	return &libvirtxml.StorageVolume{
		Name:       name,
		Capacity:   &libvirtxml.StorageVolumeSize{Value: capacity, Unit: "bytes"},
		Allocation: &libvirtxml.StorageVolumeSize{Value: allocation, Unit: "bytes"},
		Target:     &libvirtxml.StorageVolumeTarget{Format: &libvirtxml.StorageVolumeTargetFormat{Type: "raw"}},
	}
}

func storage(t *testing.T, s suite) {
	s.needs(t, pools)
	before := time.Now()
	path := filepath.Join(s.dir, "disks")
	pool := s.pool(t, "disks", path)
	if pool.Active || pool.Type != "dir" || pool.Path != path || pool.Host != "here" {
		t.Errorf("the new pool is %+v", pool)
	}
	_, err := s.conn.DefinePool(text(t, &libvirtxml.StoragePool{
		Type: "dir", Name: "disks", UUID: newUUID(), Target: &libvirtxml.StoragePoolTarget{Path: path},
	}))
	wantKind(t, err, virt.KindExists)
	must(t, s.conn.BuildPool(pool.ID))
	must(t, s.conn.StartPool(pool.ID))
	s.news.within(t, promptly, "the pool's start", func(ev virt.Event) bool {
		return ev.Kind == virt.PoolChanged && ev.Ref.Same(pool.Ref())
	})
	wantKind(t, s.conn.StartPool(pool.ID), virt.KindState)
	must(t, s.conn.SetPoolAutostart(pool.ID, true))
	all, err := s.conn.Pools()
	must(t, err)
	named, err := s.conn.PoolByName("disks")
	must(t, err)
	if !slices.Contains(all, named) || !named.Active || !named.Autostart || named.Capacity == 0 {
		t.Errorf("the pools are %+v, by name %+v", all, named)
	}

	made, err := s.conn.CreateVolume("disks", text(t, volume("a.img", 1<<20, 0)))
	must(t, err)
	if want := (virt.Volume{
		Pool: "disks", Name: "a.img", Path: filepath.Join(path, "a.img"), Format: "raw", Capacity: 1 << 20, Allocation: made.Allocation,
	}); made != want {
		t.Errorf("the volume is %+v, want %+v", made, want)
	}
	_, err = s.conn.CreateVolume("disks", text(t, volume("a.img", 1<<20, 0)))
	wantKind(t, err, virt.KindExists)
	must(t, s.conn.RefreshPool(pool.ID))
	for _, look := range []func() (virt.Volume, error){
		func() (virt.Volume, error) { return s.conn.Volume("disks", "a.img") },
		func() (virt.Volume, error) { return s.conn.VolumeByPath(made.Path) },
	} {
		if found, err := look(); err != nil || found.Name != "a.img" || found.Pool != "disks" {
			t.Errorf("the volume is %+v (%v)", found, err)
		}
	}
	volumes, err := s.conn.Volumes("disks")
	must(t, err)
	if !slices.ContainsFunc(volumes, func(v virt.Volume) bool { return v.Path == made.Path }) {
		t.Errorf("the volumes are %+v", volumes)
	}
	if !s.lacks(upload) { // a real file has times
		born, err := s.conn.VolumeBorn("disks", "a.img")
		must(t, err)
		if born.Before(before.Add(-time.Second)) || born.After(time.Now().Add(time.Second)) {
			t.Errorf("a volume made now was born %s", born)
		}
	}

	must(t, s.conn.DeleteVolume("disks", "a.img"))
	_, err = s.conn.Volume("disks", "a.img")
	wantKind(t, err, virt.KindNotFound)
	_, err = s.conn.VolumeByPath(made.Path)
	wantKind(t, err, virt.KindNotFound)
	_, err = s.conn.Volumes("nothing")
	wantKind(t, err, virt.KindNotFound)
	must(t, s.conn.StopPool(pool.ID))
	must(t, s.conn.UndefinePool(pool.ID))
	_, err = s.conn.PoolByName("disks")
	wantKind(t, err, virt.KindNotFound)
}

func transfers(t *testing.T, s suite) {
	s.needs(t, upload)
	pool := s.pool(t, "bytes", filepath.Join(s.dir, "bytes"))
	must(t, s.conn.BuildPool(pool.ID))
	must(t, s.conn.StartPool(pool.ID))
	const size = 1<<20 + 17
	made, err := s.conn.CreateVolume("bytes", text(t, volume("v", size, size)))
	must(t, err)
	s.holds(t, made)
	sent := make([]byte, size)
	_, _ = rand.Read(sent) // never fails (documented)

	var told int64
	progress := func(n int64) { told += n }
	must(t, s.conn.UploadVolume(context.Background(), "bytes", "v", bytes.NewReader(sent), size, progress))
	if told != size {
		t.Errorf("progress told of %d bytes of %d", told, size)
	}
	told = 0
	var back bytes.Buffer
	must(t, s.conn.DownloadVolume(context.Background(), "bytes", "v", &back, progress))
	if !bytes.Equal(back.Bytes(), sent) || told != size {
		t.Errorf("%d bytes came back, progress told of %d", back.Len(), told)
	}

	ctx, cancel := context.WithCancel(context.Background())
	err = s.conn.UploadVolume(ctx, "bytes", "v", bytes.NewReader(sent), size, func(int64) { cancel() })
	wantKind(t, err, virt.KindCancelled)
	err = s.conn.DownloadVolume(ctx, "bytes", "v", &back, nil)
	wantKind(t, err, virt.KindCancelled)
	must(t, s.conn.DeleteVolume("bytes", "v")) // nothing holds it
}

// holds asks a VM that has the volume for a disk what it knows of it.
func (s suite) holds(t *testing.T, v virt.Volume) {
	t.Helper()
	holder := guest(s.conn.Driver(), "holder")
	holder.Devices.Disks = []libvirtxml.DomainDisk{{
		Source: &libvirtxml.DomainDiskSource{File: &libvirtxml.DomainDiskSourceFile{File: v.Path}},
		Driver: &libvirtxml.DomainDiskDriver{Name: "qemu", Type: v.Format},
		Target: &libvirtxml.DomainDiskTarget{Dev: "vda", Bus: "virtio"},
	}}
	ref, err := s.conn.DefineDomain(text(t, holder))
	must(t, err)
	capacity, allocation, err := s.conn.BlockInfo(ref.ID, "vda")
	must(t, err)
	if capacity != v.Capacity || allocation < v.Capacity {
		t.Errorf("the disk has %d bytes and takes %d, the volume has %d", capacity, allocation, v.Capacity)
	}
	_, _, err = s.conn.BlockInfo(ref.ID, "vdz")
	wantKind(t, err, virt.KindInvalid)
	must(t, s.conn.Undefine(ref.ID, hypervisor.UndefineOptions{}))
}

func fullPool(t *testing.T, s suite) {
	if s.small == "" {
		t.Skip("this host has no small file system")
	}
	pool := s.pool(t, "small", s.small)
	must(t, s.conn.StartPool(pool.ID))
	_, err := s.conn.CreateVolume("small", text(t, volume("big", 64<<20, 64<<20)))
	wantKind(t, err, virt.KindNoSpace)

	const size = 16 << 20
	_, err = s.conn.CreateVolume("small", text(t, volume("sparse", size, 0)))
	must(t, err)
	err = s.conn.UploadVolume(context.Background(), "small", "sparse", bytes.NewReader(bytes.Repeat([]byte("full"), size/4)), size, nil)
	wantKind(t, err, virt.KindNoSpace)
	must(t, s.conn.DeleteVolume("small", "sparse"))
}

func networking(t *testing.T, s suite) {
	s.needs(t, networks)
	all, err := s.conn.Networks()
	must(t, err)
	i := slices.IndexFunc(all, func(n virt.Network) bool { return n.Name == "default" })
	if i < 0 {
		t.Fatalf("there is no default network in %+v", all)
	}
	network := all[i]
	if network.Active || network.Bridge != "virbr0" || network.Forward != "nat" || network.Host != "here" {
		t.Errorf("the network is %+v", network)
	}
	must(t, s.conn.StartNetwork(network.ID))
	s.news.within(t, promptly, "the network's start", func(ev virt.Event) bool {
		return ev.Kind == virt.NetworkChanged && ev.Ref.Same(network.Ref())
	})
	wantKind(t, s.conn.StartNetwork(network.ID), virt.KindState)
	if !s.lacks(leases) {
		given, err := s.conn.Leases(network.ID)
		must(t, err)
		if len(given) != 0 {
			t.Errorf("nobody asked, yet there are leases: %+v", given)
		}
	}
	must(t, s.conn.StopNetwork(network.ID))
	wantKind(t, s.conn.StopNetwork(network.ID), virt.KindState)
	wantKind(t, s.conn.StartNetwork(newUUID()), virt.KindNotFound)
}
