package main

import (
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestVolumesAreMadeListedAndDeleted(t *testing.T) {
	d := virttest.Libvirtd(t)
	d.SmallPool(t)
	s := newShell(t, d.URI)
	var made virt.Volume
	s.run("volume", "create", "default/data.img", "--size", "1MiB", "--format", "raw", "-o", "json").ok().json(&made)
	if made.Name != "data.img" || made.Pool != "default" || made.Capacity != 1<<20 || made.Format != "raw" || made.Path == "" {
		t.Errorf("made %+v", made)
	}
	if out := s.run("volume", "create", "default/large", "--size", "1GiB").ok().out; !strings.Contains(out, "qcow2") {
		t.Errorf("without a format it is made as %q", out)
	}
	for args, kind := range map[string]virt.ErrorKind{
		"create default/data.img --size 1MiB":          virt.KindExists,
		"create default/full --size 1GiB --format raw": "", // takes no room yet
		"create default/odd --size 1MiB --format vdx":  virt.KindInvalid,
		"create nowhere/data.img --size 1MiB":          virt.KindNotFound,
		"create default/.. --size 1MiB":                virt.KindInvalid,
		"create default/none --size 0GiB":              virt.KindInvalid,
		"create default/none":                          virt.KindInvalid,
		"create none --size 1MiB":                      virt.KindInvalid,
		"delete default/data.img":                      virt.KindInvalid, // without consent
		"delete default/nothing --yes":                 virt.KindNotFound,
		"delete default --yes":                         virt.KindInvalid,
	} {
		a := s.run(append(strings.Fields("volume "+args), "-o", "json")...)
		if kind == "" {
			a.ok()
		} else if said := a.fails(kind); said.Hint == "" {
			t.Errorf("%s: %q has no hint", args, said.Message)
		}
	}
	names := func() (names string) {
		var volumes []virt.Volume
		s.run("volume", "list", "default", "-o", "json").ok().json(&volumes)
		for _, v := range volumes {
			names += v.Name + " "
		}
		return names
	}
	if got := names(); got != "data.img full large " {
		t.Errorf("there are %s", got)
	}

	s.run("vm", "create", "web", "--disk", "volume=default/data.img", "--network", "none", "--accel", "tcg").ok()
	if said := s.run("volume", "delete", "default/data.img", "--yes", "-o", "json").fails(virt.KindState); !strings.Contains(said.Message, "web") || said.Action != virt.DeleteVolume {
		t.Errorf("a volume in use: %+v", said)
	}
	s.run("vm", "delete", "web", "--yes", "--disks", "none").ok()
	s.run("volume", "delete", "default/data.img", "--yes").ok()
	s.run("volume", "delete", "default/full", "--yes").ok()
	if got := names(); got != "large " {
		t.Errorf("there are %s", got)
	}

	s.run("pool", "stop", "default").ok()
	s.run("volume", "create", "default/late", "--size", "1MiB", "-o", "json").fails(virt.KindState)
	s.run("pool", "stop", "default", "-o", "json").fails(virt.KindState)
	s.run("pool", "start", "default").ok()
	s.run("pool", "refresh", "default").ok()
	s.run("pool", "autostart", "default", "on").ok()
	s.run("pool", "autostart", "default", "perhaps", "-o", "json").fails(virt.KindInvalid)
	var pools []virt.Pool
	s.run("pool", "list", "-o", "json").ok().json(&pools)
	if len(pools) != 1 || !pools[0].Active || !pools[0].Autostart {
		t.Errorf("the pools are %+v", pools)
	}
}

func TestANetworkIsOnlyDeletedWhenNothingNeedsIt(t *testing.T) {
	d := virttest.Libvirtd(t)
	s := newShell(t, d.URI)
	s.run("network", "start", "default").ok()
	s.run("network", "autostart", "default", "on").ok()
	var networks []virt.Network
	s.run("network", "list", "-o", "json").ok().json(&networks)
	if len(networks) != 1 || !networks[0].Active || !networks[0].Autostart {
		t.Fatalf("the networks are %+v", networks)
	}
	s.run("network", "delete", "default", "--yes", "-o", "json").fails(virt.KindState)
	s.run("network", "stop", "default").ok()
	s.run("vm", "create", "web", "--no-disk", "--network", "default", "--accel", "tcg").ok()
	if said := s.run("network", "delete", "default", "--yes", "-o", "json").fails(virt.KindState); !strings.Contains(said.Message, "web") || said.Hint == "" {
		t.Errorf("a network in use: %+v", said)
	}
	s.run("vm", "delete", "web", "--yes").ok()
	s.run("network", "list", "-o", "json").ok().json(&networks)
	if networks[0].Active { // making the machine started it
		s.run("network", "stop", "default").ok()
	}
	s.run("network", "delete", "default", "-o", "json").fails(virt.KindInvalid)
	s.run("network", "delete", "default", "--yes").ok()
	s.run("network", "list", "-o", "json").ok().json(&networks)
	if len(networks) != 0 {
		t.Errorf("the networks are %+v", networks)
	}
}
