//go:build lab

package host_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A storm changes machines of a daemon beside the services.
type storm struct {
	t      *testing.T
	conns  []*hypervisor.Conn // each for one worker
	guests []string           // two for each
	turns  []int              // of each
	calls  atomic.Int64
}

func newStorm(t *testing.T, uri string) *storm {
	t.Helper()
	s := &storm{t: t, turns: make([]int, soakGuests/2)}
	for i := range soakGuests / 2 {
		c, err := hypervisor.Open(uri, hypervisor.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		s.conns = append(s.conns, c)
		for j := range 2 {
			s.guests = append(s.guests, s.must(c.DefineDomain(soakXML(t, fmt.Sprintf("guest-%d-%d", i, j), 0))).ID)
		}
	}
	for i, id := range s.guests {
		c := s.conns[i/2]
		if err := errors.Join(c.StartDomain(id), c.SuspendDomain(id)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *storm) must(ref virt.Ref, err error) virt.Ref {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	return ref
}

// soakXML is a machine without devices; turn makes each document another one.
func soakXML(t *testing.T, name string, turn int) string {
	t.Helper()
	xml, err := (&libvirtxml.Domain{
		Type: "qemu", Name: name, Title: "Turn " + strconv.Itoa(turn),
		Memory:  &libvirtxml.DomainMemory{Value: 16, Unit: "MiB"},
		VCPU:    &libvirtxml.DomainVCPU{Value: 1},
		OS:      &libvirtxml.DomainOS{Type: &libvirtxml.DomainOSType{Arch: "x86_64", Machine: "pc", Type: "hvm"}},
		Devices: &libvirtxml.DomainDeviceList{MemBalloon: &libvirtxml.DomainMemBalloon{Model: "none"}},
	}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return xml
}

// blow makes events for so long, a few more a second than are asked for. A worker
// that was kept catches up.
func (s *storm) blow(length time.Duration) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	pause := time.Second * time.Duration(len(s.conns)) / (soakEvents + soakEvents/10)
	var workers sync.WaitGroup
	for i, c := range s.conns {
		workers.Add(1)
		go func() {
			defer workers.Done()
			tick := time.NewTicker(pause)
			defer tick.Stop()
			for begin, done := time.Now(), 0; ctx.Err() == nil; done++ {
				if time.Since(begin) < time.Duration(done)*pause {
					select {
					case <-tick.C:
					case <-ctx.Done():
						return
					}
				}
				s.turns[i]++
				if err := s.change(c, i, s.turns[i]); err != nil {
					s.t.Errorf("turn %d: %v", s.turns[i], err)
					return
				}
			}
		}()
	}
	workers.Wait()
}

// change makes one event, and now and then a few: a guest goes on or is paused,
// is ended and started, a definition is written anew, or goes and comes.
func (s *storm) change(c *hypervisor.Conn, worker, turn int) error {
	s.calls.Add(1)
	guests := s.guests[2*worker : 2*worker+2]
	switch {
	case turn%60 == 58:
		id := guests[turn/60%2]
		return errors.Join(c.DestroyDomain(id), c.StartDomain(id), c.SuspendDomain(id))
	case turn%10 == 4:
		_, err := c.DefineDomain(soakXML(s.t, fmt.Sprintf("touched-%d", worker), turn))
		return err
	case turn%10 == 9:
		ref, err := c.LookupVM(fmt.Sprintf("touched-%d", worker))
		if err != nil {
			return err
		}
		return c.Undefine(ref.ID, hypervisor.UndefineOptions{})
	}
	row, err := c.VMState(guests[turn%2])
	switch {
	case err != nil:
		return err
	case row.State == virt.StatePaused:
		return c.ResumeDomain(row.ID)
	default:
		return c.SuspendDomain(row.ID)
	}
}
