package vm

import (
	"context"
	"errors"
	"time"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/osinfo"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Systems returns the operating systems that have all the words in their names,
// the best match first; none but those that still get updates unless old is
// asked for.
func (s *Service) Systems(ctx context.Context, words string, old bool) ([]virt.OS, error) {
	if err := s.door.May(ctx, virt.ListSystems, virt.Ref{}); err != nil {
		return nil, err
	}
	return osinfo.Search(osinfo.Query{Words: words, Old: old, Now: time.Now()}), nil
}

// Suggest returns the spec with the memory, processors and disks that Create
// would choose for its OS. The spec needs no name yet.
func (s *Service) Suggest(ctx context.Context, spec virt.VMSpec) (virt.VMSpec, error) {
	if err := s.door.May(ctx, virt.ListSystems, virt.Ref{}); err != nil {
		return spec, err
	}
	return sized(withImport(spec), s.Usual())
}

// osOf returns the spec's OS; the zero OS when it names none.
func osOf(spec virt.VMSpec) (virt.OS, error) {
	if spec.OS == "" || spec.OS == virt.UnknownOS {
		return virt.OS{}, nil
	}
	return osinfo.Find(spec.OS)
}

// withOS fills in what the spec's OS has an opinion on.
func withOS(spec virt.VMSpec) (virt.VMSpec, error) {
	o, err := osOf(spec)
	if err != nil {
		return spec, err
	}
	spec.OS = o.ID
	return osinfo.Spec(o, spec), nil
}

// chooseFor picks the emulator and machine type: for an OS that is older than
// PCI Express the machine type pc, where the host has it.
func chooseFor(o virt.OS, caps *libvirtxml.Caps, machine string) (domainxml.Choice, error) {
	if machine == "" && !o.Drives(virt.ChipsetQ35) {
		choice, err := domainxml.Choose(caps, "", "pc")
		if !errors.Is(err, virt.ErrUnsupported) {
			return choice, err
		}
	}
	return domainxml.Choose(caps, "", machine)
}
