// Package services opens the rooms of the house and closes them in order. Front
// ends drive everything through the Services it returns.
package services

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"github.com/kvmmanager/kvm-manager/services/batch"
	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/event"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/metric"
	"github.com/kvmmanager/kvm-manager/services/network"
	"github.com/kvmmanager/kvm-manager/services/pool"
	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Options say where files lie and which hosts to connect to.
type Options struct {
	Dirs  storage.Dirs
	Hosts []string // libvirt URIs or names of saved hosts; none: the host that DefaultHost chooses
	Alone bool     // connect to no host: for those who read only what is stored here

	// AtStart connects to the saved hosts that are marked so, too, where Hosts
	// names none. What is wrong with a saved host is logged; others go on.
	AtStart bool
	Asker   host.Asker // answers questions about passwords and keys; see host.Service.AskThrough
}

// Services are the open rooms.
type Services struct {
	Hosts      *host.Service
	VMs        *vm.Service
	Pools      *pool.Service
	Networks   *network.Service
	Metrics    *metric.Service
	Settings   *setting.Service
	Batch      *batch.Service
	Operations *Operations

	bus   *event.Bus
	state *storage.State
}

// Open wires the rooms and begins to connect to the hosts; it waits for none of
// them and writes no file. ctx carries the actor.
func Open(ctx context.Context, o Options) (*Services, error) {
	bus := event.New()
	state := storage.NewState(o.Dirs)
	door := operation.New(state, bus)
	hosts := host.New(door, bus, o.Dirs)
	hosts.AskThrough(o.Asker)
	settings := setting.New(o.Dirs, door, bus)
	vms := vm.New(hosts, door, bus, vm.Dirs{Cache: o.Dirs.Cache, Data: o.Dirs.Data, Runtime: o.Dirs.Runtime})
	vms.Usual = settings.NewMachine
	s := &Services{
		Hosts:      hosts,
		VMs:        vms,
		Pools:      pool.New(hosts),
		Networks:   network.New(hosts),
		Metrics:    metric.New(hosts, bus, settings.StatsInterval),
		Settings:   settings,
		Batch:      batch.New(door, vms.One, actions(vms)),
		Operations: &Operations{door, settings.KeepHistory},
		bus:        bus,
		state:      state,
	}
	settings.BeforeNews(func(name string) {
		if name == setting.NameStatsInterval {
			s.Metrics.TickChanged()
		}
	})
	uris := o.Hosts
	switch {
	case o.Alone:
		uris = nil
	case len(uris) == 0:
		uris = []string{DefaultHost("", settings.DefaultHost())}
	}
	for _, uri := range uris {
		if _, err := s.Hosts.Add(ctx, uri); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if o.AtStart && len(o.Hosts) == 0 && !o.Alone {
		if err := s.Hosts.ConnectAtStart(ctx); err != nil {
			slog.WarnContext(ctx, "connect at start", "err", err)
		}
	}
	return s, nil
}

// DefaultHost returns the libvirt URI to use: the flag's, else the one in
// KVM_MANAGER_HOST or LIBVIRT_DEFAULT_URI, else the setting's. Empty means this
// computer by whichever driver answers.
func DefaultHost(flag, setting string) string {
	for _, uri := range []string{flag, os.Getenv("KVM_MANAGER_HOST"), os.Getenv("LIBVIRT_DEFAULT_URI"), setting} {
		if uri != "" {
			return uri
		}
	}
	return ""
}

// Subscribe returns news of everything, newest state only: news of the same
// thing that nobody has taken yet are one. Call the function to stop.
func (s *Services) Subscribe() (<-chan virt.Event, func()) { return s.bus.Subscribe() }

// Watch returns every single event in order, for those who list them.
func (s *Services) Watch() (<-chan virt.Event, func()) { return s.bus.SubscribeAll() }

// Close ends all work and all connections, front to back.
func (s *Services) Close() error {
	s.Metrics.Close()
	s.Hosts.Close()
	return s.state.Close()
}
