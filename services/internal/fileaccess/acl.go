package fileaccess

import (
	"cmp"
	"encoding/binary"
	"errors"
	"io/fs"
	"slices"

	"golang.org/x/sys/unix"
)

// The tags of entries in an access control list (linux/posix_acl.h); in this
// order the kernel wants them.
const (
	tagOwner = 0x01
	tagUser  = 0x02
	tagGroup = 0x04 // the file's group
	tagNamed = 0x08 // another group
	tagMask  = 0x10
	tagOther = 0x20
)

// noID stands in entries that name nobody.
const noID = ^uint32(0)

// The form of the extended attribute (linux/posix_acl_xattr.h).
const (
	aclAttribute = "system.posix_acl_access"
	aclVersion   = 2
	aclHeader    = 4
	aclEntry     = 8
	mostACL      = 64 << 10
)

type entry struct {
	tag, perm uint16
	id        uint32
}

// A list is an access control list.
type list []entry

// modeList is what the mode of a file without a list means.
func modeList(mode fs.FileMode) list {
	p := uint16(mode.Perm())
	return list{{tagOwner, p >> 6 & 7, noID}, {tagGroup, p >> 3 & 7, noID}, {tagOther, p & 7, noID}}
}

// readACL returns the list of a file and the attribute it was read from, which
// is nil where the mode says it all.
func readACL(path string, mode fs.FileMode) (list, []byte, error) {
	raw := make([]byte, mostACL)
	n, err := unix.Getxattr(path, aclAttribute, raw)
	if errors.Is(err, unix.ENODATA) || errors.Is(err, unix.EOPNOTSUPP) {
		return modeList(mode), nil, nil
	}
	if err != nil {
		return nil, nil, &fs.PathError{Op: "getxattr", Path: path, Err: err}
	}
	l, ok := parseACL(raw[:n])
	if !ok {
		return nil, nil, &fs.PathError{Op: "getxattr", Path: path, Err: unix.EINVAL}
	}
	return l, raw[:n], nil
}

func parseACL(raw []byte) (list, bool) {
	if len(raw) < aclHeader || (len(raw)-aclHeader)%aclEntry != 0 || binary.LittleEndian.Uint32(raw) != aclVersion {
		return nil, false
	}
	var l list
	for raw = raw[aclHeader:]; len(raw) > 0; raw = raw[aclEntry:] {
		l = append(l, entry{binary.LittleEndian.Uint16(raw), binary.LittleEndian.Uint16(raw[2:]), binary.LittleEndian.Uint32(raw[4:])})
	}
	return l, true
}

func (l list) bytes() []byte {
	raw := binary.LittleEndian.AppendUint32(nil, aclVersion)
	for _, e := range l {
		raw = binary.LittleEndian.AppendUint16(raw, e.tag)
		raw = binary.LittleEndian.AppendUint16(raw, e.perm)
		raw = binary.LittleEndian.AppendUint32(raw, e.id)
	}
	return raw
}

// mask bounds the rights of named users and of all groups.
func (l list) mask() uint16 {
	for _, e := range l {
		if e.tag == tagMask {
			return e.perm
		}
	}
	return 7
}

// allows applies the rules of acl(5): the first that speaks of the user decides;
// of his groups any may.
func (l list) allows(u User, owner, group uint32, want uint16) bool {
	has := func(perm uint16) bool { return perm&want == want }
	mask, grouped := l.mask(), false
	for _, e := range l {
		switch {
		case e.tag == tagOwner && u.UID == owner:
			return has(e.perm)
		case e.tag == tagUser && u.UID == e.id:
			return has(e.perm & mask)
		case e.tag == tagGroup && u.in(group), e.tag == tagNamed && u.in(e.id):
			if has(e.perm & mask) {
				return true
			}
			grouped = true
		case e.tag == tagOther && !grouped:
			return has(e.perm)
		}
	}
	return false
}

// with returns the list with the user's right added.
func (l list) with(uid uint32, perm uint16) list {
	made := list{}
	named, masked := false, false
	for _, e := range l {
		switch {
		case e.tag == tagUser && e.id == uid:
			e.perm, named = e.perm|perm, true
		case e.tag == tagMask:
			e.perm, masked = e.perm|perm, true
		}
		made = append(made, e)
	}
	if !named {
		made = append(made, entry{tagUser, perm, uid})
	}
	if !masked {
		i := slices.IndexFunc(made, func(e entry) bool { return e.tag == tagGroup })
		made = append(made, entry{tagMask, made[i].perm | perm, noID})
	}
	slices.SortStableFunc(made, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.tag, b.tag), cmp.Compare(a.id, b.id))
	})
	return made
}
