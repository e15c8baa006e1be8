package vm

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Create makes a VM as spec says and returns it. Either everything is there
// afterwards, or nothing: when a step fails or ctx ends, the earlier steps are
// taken back.
func (s *Service) Create(ctx context.Context, host virt.HostID, spec virt.VMSpec) (virt.Ref, error) {
	var made virt.Ref
	target := virt.Ref{Host: host, Kind: virt.KindVM, Name: spec.Name}
	err := s.hosts.Do(ctx, virt.CreateVM, target, func(ctx context.Context, c *hypervisor.Conn, p *operation.Progress) error {
		var err error
		made, err = s.create(ctx, c, p, host, spec)
		return err
	})
	return made, err
}

func (s *Service) create(ctx context.Context, c *hypervisor.Conn, p *operation.Progress, host virt.HostID, spec virt.VMSpec) (virt.Ref, error) {
	p.Stage("check")
	fresh := spec.UUID == "" && spec.XML == "" && spec.Edited == ""
	spec, err := s.prepared(c, spec)
	if err != nil {
		return virt.Ref{}, err
	}
	b := &builder{service: s, conn: c, progress: p, host: host, spec: spec, fresh: fresh, said: map[string]bool{}}
	if spec.Edited != "" {
		return b.createEdited(ctx)
	}
	xml, err := b.document(ctx)
	if err != nil {
		return virt.Ref{}, err
	}
	return b.define(ctx, xml)
}

// prepared checks the spec and fills in its defaults, before anything is made.
func (s *Service) prepared(c *hypervisor.Conn, spec virt.VMSpec) (virt.VMSpec, error) {
	spec, err := withDefaults(recognised(c, spec), s.Usual())
	if err != nil {
		return spec, err
	}
	if spec.XML != "" {
		if spec, err = adopted(spec); err != nil {
			return spec, err
		}
	}
	if spec.Edited != "" {
		if spec, err = fromEdited(spec); err != nil {
			return spec, err
		}
	}
	err = unused(c, spec.Name, spec.UUID)
	if spec.UUID == "" {
		spec.UUID = newUUID()
	}
	return spec, err
}

// unused returns virt.ErrExists when a VM has the name or, if there is one, the
// UUID.
func unused(c *hypervisor.Conn, name, id string) error {
	words := []string{name}
	if id != "" {
		words = append(words, "uuid:"+id)
	}
	for _, word := range words {
		switch _, err := c.LookupVM(word); {
		case err == nil:
			return taken(name, virt.Errorf(virt.KindExists, "a machine %q exists already", word))
		case !errors.Is(err, virt.ErrNotFound):
			return err
		}
	}
	return nil
}

func taken(name string, err error) error {
	return &virt.Error{Kind: virt.KindExists, Ref: virt.Ref{Kind: virt.KindVM, Name: name}, Err: err, Hint: "Choose another name."}
}

// A builder makes one VM.
type builder struct {
	service  *Service
	conn     *hypervisor.Conn
	progress *operation.Progress // nil in a preview
	host     virt.HostID
	spec     virt.VMSpec
	preview  bool            // make nothing
	said     map[string]bool // paths of files that were copied or, in a preview, named for this VM
	copying  []*string       // files of the spec that the hypervisor reads a copy of
	fresh    bool            // the UUID is new, and so nobody's
	caps     *libvirtxml.Caps
}

// capabilities asks the host what it can do, once for each VM.
func (b *builder) capabilities() (*libvirtxml.Caps, error) {
	if b.caps != nil {
		return b.caps, nil
	}
	caps, err := b.conn.Capabilities()
	if err == nil {
		b.caps = caps
	}
	return caps, err
}

// stage tells what is being done; a preview tells nothing.
func (b *builder) stage(name string) {
	if b.progress != nil {
		b.progress.Stage(name)
	}
}

// document makes the files and volumes the VM needs and returns its XML.
func (b *builder) document(ctx context.Context) (string, error) {
	if b.spec.XML != "" {
		return b.spec.XML, nil
	}
	env, err := b.environment(ctx)
	if err != nil {
		return "", err
	}
	if err := b.fill(ctx, &env); err != nil {
		return "", err
	}
	return domainxml.Build(b.spec, env)
}

// fill makes or finds disks, kernel and network.
func (b *builder) fill(ctx context.Context, env *domainxml.Environment) error {
	if err := b.readable(ctx); err != nil {
		return err
	}
	place, err := b.place(ctx)
	if err != nil {
		return err
	}
	if err := b.copyUnreadable(ctx, place); err != nil {
		return err
	}
	if b.spec.Try {
		if err := b.tiny(ctx, place, env); err != nil {
			return err
		}
	}
	if err := b.kernel(env); err != nil {
		return err
	}
	if err := b.disks(ctx, place, env); err != nil {
		return err
	}
	if err := b.disc(env); err != nil {
		return err
	}
	return b.network(ctx, env)
}

// define stores the document and finishes the VM.
func (b *builder) define(ctx context.Context, xml string) (virt.Ref, error) {
	b.stage("define")
	made := b.ref()
	if err := b.defineNew(ctx, made, xml); err != nil {
		return virt.Ref{}, err
	}
	return b.finish(ctx, made)
}

// ref points to the VM that is being made.
func (b *builder) ref() virt.Ref {
	return virt.Ref{Host: b.host, Kind: virt.KindVM, ID: b.spec.UUID, Name: b.spec.Name}
}

// finish sets what is no part of the document and, when asked, starts the VM.
func (b *builder) finish(ctx context.Context, made virt.Ref) (virt.Ref, error) {
	if b.spec.Autostart {
		if err := b.conn.SetAutostart(made.ID, true); err != nil {
			return virt.Ref{}, fmt.Errorf("set autostart: %w", err)
		}
	}
	if b.spec.Start {
		b.stage("start")
		if err := b.conn.StartDomain(made.ID); err != nil {
			return virt.Ref{}, err
		}
	}
	return made, ctx.Err()
}

// defineNew stores the document of a VM that is not there yet. libvirt takes a
// document with the name and UUID of a VM for that VM's new definition, so two
// creates with the same UUID must not meet: the lock keeps all programs that
// share our files apart.
func (b *builder) defineNew(ctx context.Context, made virt.Ref, xml string) error {
	unlock, err := storage.Lock(ctx, filepath.Join(b.service.dirs.Data, "define.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	id := b.spec.UUID
	if b.fresh {
		id = ""
	}
	if err := unused(b.conn, b.spec.Name, id); err != nil {
		return err
	}
	err = b.progress.Step(ctx, inverse(b.conn, undoDefine, made), func(context.Context) error {
		define := b.conn.DefineDomain
		if b.spec.Edited != "" {
			define = b.conn.DefineChecked
		}
		_, err := define(xml)
		return err
	})
	if errors.Is(err, virt.ErrExists) {
		return taken(b.spec.Name, err)
	}
	return err
}

// newUUID returns a random UUID (RFC 9562, version 4). It is chosen before the
// VM is defined, so that an interrupted create can be told from foreign VMs.
func newUUID() string { return hypervisor.NewUUID() }
