package vm

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// List returns the host's VMs by name, complete: what only their XML says is
// read where it is not known yet, one call a VM.
func (s *Service) List(ctx context.Context, id virt.HostID) ([]virt.VM, error) {
	return host.Read(ctx, s.hosts, virt.ListVMs, id, func(c *hypervisor.Conn) ([]virt.VM, error) {
		vms, err := c.Inventory()
		if err != nil {
			return nil, err
		}
		vms = withoutProbes(vms)
		if err := s.learnAll(c, id, vms); err != nil {
			return nil, err
		}
		for i := range vms {
			if err := s.complete(c, &vms[i]); err != nil {
				return nil, err
			}
		}
		return vms, nil
	})
}

// Brief is List without titles, tags and operating systems: four calls whatever
// the number of VMs, and one more for each whose size the statistics do not say.
func (s *Service) Brief(ctx context.Context, id virt.HostID) ([]virt.VM, error) {
	return host.Read(ctx, s.hosts, virt.ListVMs, id, func(c *hypervisor.Conn) ([]virt.VM, error) {
		vms, err := c.Inventory()
		if err != nil {
			return nil, err
		}
		vms = withoutProbes(vms)
		if err := c.Sizes(vms); err != nil && !errors.Is(err, virt.ErrUnsupported) {
			return nil, err
		}
		for i, vm := range vms {
			if vm.VCPUs > 0 && vm.Memory > 0 {
				continue
			}
			if err := s.complete(c, &vms[i]); err != nil {
				return nil, err
			}
		}
		return vms, nil
	})
}

// complete adds to an inventory row what the VM's XML says. A VM that was deleted
// meanwhile stays as it is; the news of it makes the caller list again.
func (s *Service) complete(c *hypervisor.Conn, vm *virt.VM) error {
	known, err := s.factsOf(c, *vm)
	if errors.Is(err, virt.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	addFacts(vm, &known)
	return nil
}

// Quick returns the host's VMs by name in at most three calls whatever their
// number. Titles, tags and operating systems are there where they are known
// already; complete says whether that is so for all. Learn reads the rest.
func (s *Service) Quick(ctx context.Context, id virt.HostID) (vms []virt.VM, complete bool, err error) {
	vms, err = host.Read(ctx, s.hosts, virt.ListVMs, id, func(c *hypervisor.Conn) ([]virt.VM, error) {
		vms, err := c.Inventory()
		return withoutProbes(vms), err
	})
	return vms, s.known.fill(vms), err
}

// Learn reads the XML of the host's VMs that is not known yet and tells it as
// news of the host, so that views load again.
func (s *Service) Learn(ctx context.Context, id virt.HostID) error {
	if _, err := s.List(ctx, id); err != nil {
		return err
	}
	s.bus.Publish(virt.Event{Kind: virt.VMChanged, Ref: virt.HostRef(id), Time: time.Now()})
	return nil
}

// Find returns the VM that a name, a UUID or uuid:UUID names.
func (s *Service) Find(ctx context.Context, id virt.HostID, word string) (virt.Ref, error) {
	return host.Read(ctx, s.hosts, virt.ListVMs, id, func(c *hypervisor.Conn) (virt.Ref, error) {
		ref, err := c.LookupVM(word)
		if err != nil {
			return virt.Ref{}, notFound(err, word)
		}
		ref.Host = id
		return ref, nil
	})
}

// One returns the inventory's row of one VM.
func (s *Service) One(ctx context.Context, vm virt.Ref) (virt.VM, error) {
	return host.Read(ctx, s.hosts, virt.ListVMs, vm.Host, func(c *hypervisor.Conn) (virt.VM, error) {
		return s.row(c, vm)
	})
}

// XML returns the VM's definition: the running one, or with inactive the stored
// one. Passwords are left out; SecretXML has them.
func (s *Service) XML(ctx context.Context, vm virt.Ref, inactive bool) (string, error) {
	return host.Read(ctx, s.hosts, virt.VMXML, vm.Host, func(c *hypervisor.Conn) (string, error) {
		return c.DomainXML(vm.ID, inactive, false)
	})
}

// SecretXML is XML with the passwords in it.
func (s *Service) SecretXML(ctx context.Context, vm virt.Ref, inactive bool) (string, error) {
	return host.Read(ctx, s.hosts, virt.VMSecretXML, vm.Host, func(c *hypervisor.Conn) (string, error) {
		return c.DomainXML(vm.ID, inactive, true)
	})
}

// WaitFor blocks until the VM's row satisfies done, looking again at each news
// of it, and returns that row. A VM that is gone ends the wait with
// virt.ErrNotFound.
func (s *Service) WaitFor(ctx context.Context, vm virt.Ref, done func(virt.VM) bool) (virt.VM, error) {
	news, stop := s.bus.Subscribe()
	defer stop()
	for {
		row, err := s.One(ctx, vm)
		if err != nil || done(row) {
			return row, err
		}
		if err := nextNews(ctx, news, vm); err != nil {
			return row, err
		}
	}
}

func nextNews(ctx context.Context, news <-chan virt.Event, vm virt.Ref) error {
	for {
		select {
		case ev, open := <-news:
			if !open {
				return virt.Errorf(virt.KindUnavailable, "the program is closing")
			}
			if ev.Ref.Same(vm) || ev.Kind == virt.Resync && ev.Ref.Host == vm.Host {
				return nil
			}
		case <-ctx.Done():
			return &virt.Error{Kind: virt.KindOf(ctx.Err()), Ref: vm, Err: ctx.Err()}
		}
	}
}

func (s *Service) row(c *hypervisor.Conn, vm virt.Ref) (virt.VM, error) {
	row, err := c.VMState(vm.ID)
	if err != nil {
		return virt.VM{}, notFound(err, vm.Name)
	}
	row.Host = vm.Host
	known, err := s.factsOf(c, row)
	if err != nil {
		return virt.VM{}, notFound(err, vm.Name)
	}
	addFacts(&row, &known)
	return row, nil
}

// learnAll reads the XML of all VMs in one go when that of most is unknown,
// which takes half the calls.
func (s *Service) learnAll(c *hypervisor.Conn, id virt.HostID, vms []virt.VM) error {
	turns := map[string]uint64{}
	for _, vm := range vms {
		if _, ok := s.known.get(vm.Ref()); !ok {
			turns[vm.ID] = s.known.begin(vm.Ref())
		}
	}
	if 2*len(turns) <= len(vms) {
		return nil
	}
	return c.EachXML(func(vm, xml string) {
		turn, unknown := turns[vm]
		if !unknown {
			return
		}
		if read, err := domainxml.Read(xml); err == nil { // one that cannot be read fails on its own
			s.known.put(virt.Ref{Host: id, Kind: virt.KindVM, ID: vm}, turn, read)
		}
	})
}

// factsOf returns what the VM's XML says, reading it when it is not known.
func (s *Service) factsOf(c *hypervisor.Conn, vm virt.VM) (domainxml.Facts, error) {
	ref := vm.Ref()
	if known, ok := s.known.get(ref); ok {
		return known, nil
	}
	turn := s.known.begin(ref)
	xml, err := c.DomainXML(vm.ID, false, false)
	if err != nil {
		return domainxml.Facts{}, err
	}
	read, err := domainxml.Read(xml)
	if err != nil {
		return domainxml.Facts{}, err
	}
	s.known.put(ref, turn, read)
	return read, nil
}

// addFacts adds to an inventory row what the XML says.
func addFacts(vm *virt.VM, known *domainxml.Facts) {
	known.FillVM(vm)
	vm.VCPUs, vm.VCPUsMax = cmp.Or(vm.VCPUs, known.VCPUs), cmp.Or(vm.VCPUsMax, known.VCPUsMax)
	vm.Memory, vm.MemoryCurrent = cmp.Or(vm.Memory, known.Memory), cmp.Or(vm.MemoryCurrent, known.MemoryCurrent)
}

func notFound(err error, word string) error {
	if !errors.Is(err, virt.ErrNotFound) {
		return err
	}
	missing := virt.Errorf(virt.KindNotFound, "no machine is called %q", word)
	if word == "" { // it was asked for by its ID, which says nothing to people
		missing = virt.Errorf(virt.KindNotFound, "the machine does not exist any more")
	}
	return &virt.Error{
		Kind: virt.KindNotFound, Ref: virt.Ref{Kind: virt.KindVM, Name: word},
		Err: missing, Hint: "List the machines and check the name and the host.",
	}
}
