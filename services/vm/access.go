package vm

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/fileaccess"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Access tells what keeps the hypervisor from a file of this computer that a
// machine shall use: a path on the host, or POOL/NAME. Of other hosts nothing is
// known, and so nothing is said. See virt.VMSpec.Unreadable for what helps.
func (s *Service) Access(ctx context.Context, id virt.HostID, file string) (virt.FileAccess, error) {
	return host.Read(ctx, s.hosts, virt.ReadMedium, id, func(c *hypervisor.Conn) (virt.FileAccess, error) {
		path, err := onHost(c, file)
		if err != nil {
			return virt.FileAccess{}, err
		}
		return access(c, path)
	})
}

func access(c *hypervisor.Conn, path string) (virt.FileAccess, error) {
	a := virt.FileAccess{Path: path, Obstacles: []virt.FileObstacle{}}
	if c.Local() {
		a.Size = roomOf(path)
	}
	u, obstacles, err := (&builder{conn: c}).obstacles(path)
	if err != nil || len(obstacles) == 0 {
		return a, err
	}
	a.User = u.Name()
	for _, o := range obstacles {
		needs := virt.NeedsEnter
		if o.Needs == fileaccess.Read {
			needs = virt.NeedsRead
		}
		a.Obstacles = append(a.Obstacles, virt.FileObstacle{Path: o.Path, Needs: needs})
	}
	return a, nil
}

// obstacles returns what the user that QEMU runs as lacks on the way to a file.
// The file itself is no obstacle where libvirt makes it that user's (its setting
// dynamic_ownership, which is on unless somebody turned it off). What we cannot
// see ourselves is no obstacle either: libvirt will tell.
func (b *builder) obstacles(path string) (fileaccess.User, []fileaccess.Obstacle, error) {
	if !b.conn.Local() {
		return fileaccess.User{}, nil, nil
	}
	caps, err := b.capabilities()
	if err != nil {
		return fileaccess.User{}, nil, err
	}
	u, owned, known := emulatorUser(caps)
	if !known || u.UID == 0 {
		return u, nil, nil
	}
	found, err := fileaccess.Obstacles(path, u)
	if err != nil {
		slog.Info("who may read a file is not known", "path", path, "err", err)
		return u, nil, nil
	}
	if owned && takesOwners(path) {
		found = slices.DeleteFunc(found, func(o fileaccess.Obstacle) bool { return o.Needs == fileaccess.Read })
	}
	return u, found, nil
}

// emulatorUser is whom QEMU runs as by libvirt's own word, the label of its
// security model "dac": +UID:+GID. A driver without that model runs QEMU as the
// user that the driver itself runs as, and gives no files away.
func emulatorUser(caps *libvirtxml.Caps) (u fileaccess.User, owned, known bool) {
	for _, model := range caps.Host.SecModel {
		if model.Name != "dac" {
			continue
		}
		for _, label := range model.Labels {
			uid, gid, _ := strings.Cut(label.Value, ":")
			user, userErr := strconv.ParseUint(strings.TrimPrefix(uid, "+"), 10, 32)
			group, groupErr := strconv.ParseUint(strings.TrimPrefix(gid, "+"), 10, 32)
			if userErr == nil && groupErr == nil {
				return fileaccess.Lookup(uint32(user), uint32(group)), true, true
			}
		}
		return u, false, false
	}
	return fileaccess.Lookup(uint32(os.Geteuid()), uint32(os.Getegid())), false, true // Linux's are not negative
}

// foreign are file systems on which root may give nothing away (statfs(2)).
var foreign = []int64{
	unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.V9FS_MAGIC,
	unix.FUSE_SUPER_MAGIC, unix.MSDOS_SUPER_MAGIC, unix.EXFAT_SUPER_MAGIC, unix.ISOFS_SUPER_MAGIC, unix.UDF_SUPER_MAGIC,
}

func takesOwners(path string) bool {
	var at unix.Statfs_t
	return unix.Statfs(path, &at) == nil && !slices.Contains(foreign, at.Type) && at.Flags&unix.ST_RDONLY == 0
}

// readable sees to it that the hypervisor may read all files that the spec
// names, as the spec says: else it refuses.
func (b *builder) readable(ctx context.Context) error {
	for _, word := range []*string{&b.spec.ISO, &b.spec.Kernel, &b.spec.Initrd} {
		if err := b.readableFile(ctx, *word, func() { b.copying = append(b.copying, word) }); err != nil {
			return err
		}
	}
	b.spec.Disks = slices.Clone(b.spec.Disks)
	for i := range b.spec.Disks {
		d := &b.spec.Disks[i]
		if err := b.readableFile(ctx, d.Path+d.Volume, func() { d.Import, d.Path = d.Path, "" }); err != nil {
			return err
		}
	}
	return nil
}

// readableFile does what is to be done about one file; copyIt has it copied.
func (b *builder) readableFile(ctx context.Context, word string, copyIt func()) error {
	if word == "" || b.spec.Unreadable == virt.UnreadableIgnore {
		return nil
	}
	path, err := onHost(b.conn, word)
	if err != nil {
		return nil // said where the file is used
	}
	u, found, err := b.obstacles(path)
	switch {
	case err != nil || len(found) == 0:
		return err
	case b.spec.Unreadable == virt.UnreadableGrant:
		return b.grant(ctx, found, u)
	case b.spec.Unreadable == virt.UnreadableCopy && filepath.IsAbs(word):
		copyIt()
		return nil
	case b.preview:
		return nil
	}
	return unreadable(path, found[0], u)
}

func unreadable(path string, o fileaccess.Obstacle, u fileaccess.User) error {
	what := "may not enter the directory " + o.Path
	if o.Needs == fileaccess.Read {
		what = "may not read it"
	}
	return virt.Errorf(virt.KindForbidden, "the hypervisor cannot use %s: its user %s %s", path, u.Name(), what).
		WithHint("Copy it into a pool (--unreadable copy), or let the hypervisor read it where it lies (--unreadable grant).")
}

// copyUnreadable copies the files that are to be copied and names the copies.
func (b *builder) copyUnreadable(ctx context.Context, where place) error {
	for _, word := range b.copying {
		var err error
		name, from := filepath.Base(*word), *word
		if b.preview {
			*word, err = where.file(ctx, name, nil, 0)
		} else {
			*word, err = b.copied(ctx, where, name, from)
		}
		if err != nil {
			return err
		}
		b.said[*word] = true // the hypervisor's files need not be ours to see
	}
	return nil
}

// grant gives the user the rights that he lacks.
func (b *builder) grant(ctx context.Context, found []fileaccess.Obstacle, u fileaccess.User) error {
	if b.preview {
		return nil
	}
	b.stage("grant access")
	for _, o := range found {
		g, err := fileaccess.Plan(o, u)
		if err != nil {
			return grantError(err)
		}
		err = b.progress.Step(ctx, grantInverse(b.host, g), func(context.Context) error { return grantError(g.Give()) })
		if err != nil {
			return err
		}
	}
	return nil
}

func grantError(err error) error {
	if err == nil {
		return nil
	}
	kind := virt.KindInternal
	switch {
	case errors.Is(err, fs.ErrPermission):
		kind = virt.KindForbidden
	case errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.EROFS):
		kind = virt.KindUnsupported
	}
	return virt.Errorf(kind, "let the hypervisor read the file: %w", err).
		WithHint("Copy the file into a pool instead (--unreadable copy).")
}

const undoGrant = "vm.take-back-access"

func grantInverse(id virt.HostID, g fileaccess.Grant) operation.Inverse {
	return operation.Inverse{
		Kind: undoGrant, Ref: virt.Ref{Host: id, Kind: virt.KindVolume, ID: g.Path, Name: g.Path},
		Args: map[string]string{
			"mode": strconv.FormatUint(uint64(g.Mode), 8), "old": hex.EncodeToString(g.Old), "new": hex.EncodeToString(g.New),
		},
	}
}

// takeBack takes a right back that was given. A file that is gone, and a list
// that somebody changed since, are left alone.
func takeBack(_ context.Context, inv operation.Inverse, _ bool) error {
	mode, err := strconv.ParseUint(inv.Args["mode"], 8, 32)
	if err != nil {
		return virt.Errorf(virt.KindInternal, "the mode in the journal: %w", err)
	}
	old, oldErr := hex.DecodeString(inv.Args["old"])
	since, newErr := hex.DecodeString(inv.Args["new"])
	if err := errors.Join(oldErr, newErr); err != nil {
		return virt.Errorf(virt.KindInternal, "the list in the journal: %w", err)
	}
	err = fileaccess.Grant{Path: inv.Ref.ID, Mode: fs.FileMode(mode).Perm(), Old: old, New: since}.Take()
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fileaccess.ErrChanged) {
		slog.Warn("access stays given", "err", err)
		return nil
	}
	return err
}
