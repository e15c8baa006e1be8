package vm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/internal/volume"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A DiskFate is what a delete would do with one disk by default, and why.
type DiskFate struct {
	virt.Disk
	Goes   bool     // deleted unless it is kept by choice
	Locked bool     // never deleted: Reason says why
	Reason string   // why it stays; empty when it goes
	Users  []string // the other machines that use it
}

// Fates tells what deleting the VM would do with each of its disks.
func (s *Service) Fates(ctx context.Context, vm virt.Ref) ([]DiskFate, error) {
	return host.Read(ctx, s.hosts, virt.ShowVM, vm.Host, func(c *hypervisor.Conn) ([]DiskFate, error) {
		return s.fates(c, vm)
	})
}

// Delete removes the VM, what libvirt keeps of it (saved memory, firmware
// variables, TPM state, snapshot and checkpoint records) and the disks that
// spec names. It tells what went and what stayed and why. A VM that is on is
// refused with virt.ErrState unless spec says to force it off. When the VM is
// gone but a file that should go along is not, the error is virt.ErrPartial.
func (s *Service) Delete(ctx context.Context, vm virt.Ref, spec virt.DeleteSpec) (virt.Removal, error) {
	removal := virt.Removal{Removed: []virt.RemovedItem{}, Kept: []virt.RemovedItem{}}
	var failures []error
	err := s.hosts.Do(ctx, virt.DeleteVM, vm, func(ctx context.Context, c *hypervisor.Conn, p *operation.Progress) error {
		fates, err := s.fates(c, vm)
		if err != nil {
			return err
		}
		if err := known(fates, spec.Disks); err != nil {
			return err
		}
		going := chosen(fates, spec.Disks, &removal)
		own, err := s.ownFiles(c, vm)
		if err != nil {
			return err
		}
		if err := s.forceOff(c, vm, spec.Force); err != nil {
			return err
		}
		p.Stage("remove definition")
		if err := undefine(ctx, c, p, vm, append(paths(going), own...)); err != nil {
			return err
		}
		removal.Removed = append(removal.Removed, virt.RemovedItem{Kind: "vm", Name: vm.Name})
		p.Stage("delete disks")
		for _, d := range going {
			failures = append(failures, s.remove(c, &removal, "disk", name(d.Disk), d.Path))
		}
		for _, path := range own {
			failures = append(failures, s.remove(c, &removal, "kernel", path, path))
		}
		return nil
	})
	if err == nil {
		err = leftOver(vm, errors.Join(failures...))
	}
	return removal, err
}

// remove deletes a file and notes what became of it.
func (s *Service) remove(c *hypervisor.Conn, r *virt.Removal, kind, name, path string) error {
	if err := ignoreGone(s.deletePath(c, path)); err != nil {
		r.Kept = append(r.Kept, virt.RemovedItem{Kind: kind, Name: name, Reason: err.Error()})
		return fmt.Errorf("delete %s: %w", name, err)
	}
	r.Removed = append(r.Removed, virt.RemovedItem{Kind: kind, Name: name})
	return nil
}

func leftOver(vm virt.Ref, err error) error {
	if err == nil {
		return nil
	}
	return &virt.Error{
		Kind: virt.KindPartial, Action: virt.DeleteVM, Ref: vm, Err: fmt.Errorf("%s is deleted, but not all of its files: %w", vm, err),
		Hint: "Delete the files that are left from their pools when the cause is mended.",
	}
}

// undefine removes the definition. Its journal entry makes recovery delete the
// files too when the process dies after the definition is gone.
func undefine(ctx context.Context, c *hypervisor.Conn, p *operation.Progress, vm virt.Ref, files []string) error {
	finish := inverse(c, finishDelete, vm)
	finish.Args["files"] = strings.Join(files, "\n")
	return p.Step(ctx, finish, func(context.Context) error {
		// A VM without a stored definition went when it was forced off.
		return ignoreGone(c.Undefine(vm.ID, hypervisor.UndefineOptions{}))
	})
}

// finishDelete deletes the files of a VM whose definition is gone; a VM that is
// still there keeps them.
func (s *Service) finishDelete(c *hypervisor.Conn, inv operation.Inverse, _ bool) error {
	if _, err := c.VMState(inv.Ref.ID); err == nil {
		return nil
	} else if !errors.Is(err, virt.ErrNotFound) {
		return err
	}
	var failures []error
	for path := range strings.SplitSeq(inv.Args["files"], "\n") {
		if path != "" {
			failures = append(failures, ignoreGone(s.deletePath(c, path)))
		}
	}
	return errors.Join(failures...)
}

func (s *Service) forceOff(c *hypervisor.Conn, vm virt.Ref, force bool) error {
	row, err := s.row(c, vm)
	if err != nil || !row.State.Active() {
		return err
	}
	if !force {
		return &virt.Error{
			Kind: virt.KindState, Action: virt.DeleteVM, Ref: vm,
			Err: virt.Errorf(virt.KindState, "%s is %s", vm, row.State), Hint: "Shut the machine down first, or force it off (--force).",
		}
	}
	return c.DestroyDomain(vm.ID)
}

func (s *Service) fates(c *hypervisor.Conn, vm virt.Ref) ([]DiskFate, error) {
	s.known.changed(vm) // nobody tells of a disk that the definition lost
	row, err := s.row(c, vm)
	if err != nil {
		return nil, err
	}
	fact, err := s.factsOf(c, row)
	if err != nil {
		return nil, err
	}
	users, err := volume.ReadUsers(c, vm.ID)
	if err != nil {
		return nil, err
	}
	fates := []DiskFate{}
	for _, d := range located(c, vm, fact.Disks) {
		fates = append(fates, s.fate(d, users.Of(d.Path)))
	}
	return fates, nil
}

func (s *Service) fate(d virt.Disk, users []string) DiskFate {
	f := DiskFate{Disk: d, Users: users}
	switch {
	case d.Path == "" && d.Volume == "":
		f.Reason, f.Locked = "the drive is empty or on the network", true
	case d.Path == "":
		f.Reason, f.Locked = "its volume is missing", true
	case d.Device != "disk":
		f.Reason, f.Locked = "removable medium", true
	case d.ReadOnly:
		f.Reason, f.Locked = "read-only", true
	case len(users) > 0:
		f.Reason, f.Locked = "used by "+strings.Join(users, ", "), true
	case d.Shareable:
		f.Reason = "shared"
	case d.Pool == "" && !s.ours(d.Path):
		f.Reason, f.Locked = "outside the pools", true
	default:
		f.Goes = true
	}
	return f
}

// ownFiles returns the kernel and initial RAM disk of a tiny machine, which were
// made for it alone.
func (s *Service) ownFiles(c *hypervisor.Conn, vm virt.Ref) ([]string, error) {
	xml, err := c.DomainXML(vm.ID, false, false)
	if err != nil {
		return nil, notFound(err, vm.Name)
	}
	f, err := domainxml.Read(xml)
	if err != nil || !f.Try {
		return nil, err
	}
	users, err := volume.ReadUsers(c, vm.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc([]string{f.Kernel, f.Initrd}, func(path string) bool {
		return path == "" || len(users.Of(path)) > 0
	}), nil
}

// deletePath deletes the volume that has the path, or the file of ours.
func (s *Service) deletePath(c *hypervisor.Conn, path string) error {
	if s.ours(path) {
		return removeFile(path)
	}
	v, err := c.VolumeByPath(path)
	if errors.Is(err, virt.ErrNotFound) && c.Local() && exists(path) {
		return virt.Errorf(virt.KindState, "no active pool has the file %s", path).WithHint("Start its pool.")
	}
	if err != nil {
		return ignoreGone(err)
	}
	return c.DeleteVolume(v.Pool, v.Name)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// ours reports whether the path lies where we keep machines of a driver without pools.
func (s *Service) ours(path string) bool { return strings.HasPrefix(path, s.dirs.Data+"/machines/") }

// known refuses disks that the VM does not have.
func known(fates []DiskFate, targets []string) error {
	for _, t := range targets {
		if !slices.ContainsFunc(fates, func(f DiskFate) bool { return f.Target == t }) {
			return virt.Errorf(virt.KindInvalid, "the machine has no disk %q", t).WithHint("Name its disks by their targets, such as vda.")
		}
	}
	return nil
}

// chosen returns the disks that go and notes those that stay. Nil targets mean
// the default.
func chosen(fates []DiskFate, targets []string, removal *virt.Removal) []DiskFate {
	var going []DiskFate
	for _, f := range fates {
		named := targets != nil && slices.Contains(targets, f.Target)
		if !f.Locked && (named || targets == nil && f.Goes) {
			going = append(going, f)
			continue
		}
		reason := f.Reason
		if reason == "" {
			reason = "not chosen"
		}
		removal.Kept = append(removal.Kept, virt.RemovedItem{Kind: "disk", Name: name(f.Disk), Reason: reason})
	}
	return going
}

func name(d virt.Disk) string {
	if d.Volume != "" {
		return d.Target + " " + d.Pool + "/" + d.Volume
	}
	return strings.TrimSpace(d.Target + " " + d.Path)
}

func paths(fates []DiskFate) []string {
	var out []string
	for _, f := range fates {
		out = append(out, f.Path)
	}
	return out
}
