package vm

import (
	"context"
	"errors"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Check returns what is wrong with the spec, field by field, by the rules of
// Create, and makes nothing. The error is about the host, not about the spec.
func (s *Service) Check(ctx context.Context, id virt.HostID, spec virt.VMSpec) ([]virt.FieldProblem, error) {
	return host.Read(ctx, s.hosts, virt.VMXML, id, func(c *hypervisor.Conn) ([]virt.FieldProblem, error) {
		k := &checker{builder: builder{service: s, conn: c, host: id, spec: spec, preview: true, said: map[string]bool{}}}
		k.name()
		k.values()
		k.disks()
		k.boot(ctx)
		k.medium()
		k.access()
		k.room(ctx)
		k.machine()
		k.document(ctx)
		return k.problems, k.broken
	})
}

// A checker collects what is wrong with a spec.
type checker struct {
	builder
	problems []virt.FieldProblem
	broken   error // the host did not answer
}

// found notes the first problem of a field.
func (k *checker) found(field virt.Field, err error) {
	if err == nil {
		return
	}
	if errors.Is(err, virt.ErrUnavailable) {
		k.broken = err
		return
	}
	for _, p := range k.problems {
		if p.Field == field {
			return
		}
	}
	k.problems = append(k.problems, virt.FieldProblem{Field: field, Err: err})
}

func (k *checker) name() {
	err := virt.CheckName(k.spec.Name)
	if err == nil {
		err = unused(k.conn, k.spec.Name, "")
	}
	k.found(virt.FieldName, err)
}

// values puts the checks of single values to their fields.
func (k *checker) values() {
	k.found(virt.FieldMemory, checkValues(virt.VMSpec{Memory: k.spec.Memory}))
	k.found(virt.FieldVCPUs, checkValues(virt.VMSpec{VCPUs: k.spec.VCPUs}))
	k.found(virt.FieldMAC, checkValues(virt.VMSpec{MAC: k.spec.MAC}))
	k.found(virt.FieldAccel, checkValues(virt.VMSpec{Accel: k.spec.Accel}))
	k.found(virt.FieldInitrd, checkSource(virt.VMSpec{Kernel: k.spec.Kernel, Initrd: k.spec.Initrd}))
	k.found(virt.FieldCmdline, checkSource(virt.VMSpec{Try: k.spec.Try, Kernel: k.spec.Kernel, Cmdline: k.spec.Cmdline}))
	for _, d := range k.spec.Disks {
		if d.Size > mostDisk {
			k.found(virt.FieldSize, tooLarge(d.Size))
			continue
		}
		k.found(virt.FieldDisk, checkSource(virt.VMSpec{Disks: []virt.DiskSpec{d}}))
		k.found(virt.FieldDisk, checkTexts(virt.VMSpec{Disks: []virt.DiskSpec{{Path: d.Path, Volume: d.Volume, Import: d.Import}}}))
	}
	k.found(virt.FieldISO, checkTexts(virt.VMSpec{ISO: k.spec.ISO}))
	k.found(virt.FieldKernel, checkTexts(virt.VMSpec{Kernel: k.spec.Kernel}))
	k.found(virt.FieldInitrd, checkTexts(virt.VMSpec{Initrd: k.spec.Initrd}))
	k.found(virt.FieldCmdline, checkTexts(virt.VMSpec{Cmdline: k.spec.Cmdline}))
	k.found(virt.FieldNetwork, checkSource(virt.VMSpec{PXE: k.spec.PXE, Network: k.spec.Network}))
}

// disks looks for the pools, volumes and files that disks name.
func (k *checker) disks() {
	for _, d := range k.spec.Disks {
		var err error
		switch {
		case d.Volume != "":
			_, err = k.existingVolume(d)
		case d.Path != "":
			_, err = k.existingFile(d)
		case d.Import != "":
			_, err = inspect(d.Import)
		}
		k.found(virt.FieldDisk, err)
		if d.Pool != "" {
			_, err = k.namedPool(d.Pool)
			k.found(virt.FieldPool, err)
		}
	}
}

// boot looks for the kernel, the initial RAM disk and the network.
func (k *checker) boot(ctx context.Context) {
	env := &domainxml.Environment{}
	k.found(virt.FieldKernel, k.with(virt.VMSpec{Kernel: k.spec.Kernel}).kernel(env))
	k.found(virt.FieldInitrd, k.with(virt.VMSpec{Initrd: k.spec.Initrd}).kernel(env))
	k.found(virt.FieldNetwork, k.network(ctx, env))
}

// with is a builder that makes nothing of another spec.
func (k *checker) with(spec virt.VMSpec) *builder {
	return &builder{service: k.service, conn: k.conn, host: k.host, spec: spec, preview: true, said: map[string]bool{}}
}

// medium looks for the ISO and the OS.
func (k *checker) medium() {
	if k.spec.ISO != "" {
		_, err := onHost(k.conn, k.spec.ISO)
		k.found(virt.FieldISO, err)
	}
	_, err := osOf(k.spec)
	k.found(virt.FieldOS, err)
}

// machine asks whether the host has the type of machine, and as many processors
// for it.
func (k *checker) machine() {
	caps, err := k.capabilities()
	if err != nil {
		k.found(virt.FieldMachine, err)
		return
	}
	k.found(virt.FieldMemory, k.enoughMemory(caps))
	choice, err := domainxml.Choose(caps, "", k.spec.Machine)
	if err != nil {
		if k.spec.Machine != "" { // else no choice of the person's is wrong
			k.found(virt.FieldMachine, err)
		}
		return
	}
	domain, err := k.conn.DomainCapabilities(choice.Emulator, choice.Arch, choice.Machine, "")
	if err != nil {
		k.found(virt.FieldMachine, err)
		return
	}
	if most := domainxml.Offered(domain).MaxVCPUs; most > 0 && k.spec.VCPUs > most {
		k.found(virt.FieldVCPUs, virt.Errorf(virt.KindInvalid, "%d processors are more than the %d that this host gives a machine", k.spec.VCPUs, most).
			WithHint("Give the machine fewer processors."))
	}
}
