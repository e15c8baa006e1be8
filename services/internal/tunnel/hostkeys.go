package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// hostKeys knows the keys of one computer: those that were accepted here come
// before those of the user's and the system's known_hosts files, which are read
// and never written.
type hostKeys struct {
	options  Options
	hop      virt.Hop
	address  string // as known_hosts writes it
	ours     ssh.HostKeyCallback
	theirs   ssh.HostKeyCallback
	accepted ssh.PublicKey // for the life of this way
}

// A keyDoubt is a host key that a person must decide on.
type keyDoubt struct {
	key  ssh.PublicKey
	want []knownhosts.KnownKey // what was known; empty: nothing
	why  *virt.Error
}

func (d *keyDoubt) Error() string { return d.why.Error() }
func (d *keyDoubt) Unwrap() error { return d.why }

// KnownHostsFile is where accepted host keys are noted.
func KnownHostsFile(dirs storage.Dirs) string { return filepath.Join(dirs.Config, "known_hosts") }

func loadHostKeys(o Options, hop virt.Hop) (*hostKeys, error) {
	k := &hostKeys{options: o, hop: hop, address: joinPort(hop.Address, hop.Port)}
	var err error
	if k.ours, err = readKnown(KnownHostsFile(o.Dirs)); err != nil {
		return nil, err
	}
	k.theirs, err = readKnown(expand("~/.ssh/known_hosts", o.Home), "/etc/ssh/ssh_known_hosts")
	return k, err
}

// readKnown reads those of the files that are there.
func readKnown(paths ...string) (ssh.HostKeyCallback, error) {
	var there []string
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			there = append(there, path)
		}
	}
	check, err := knownhosts.New(there...)
	if err != nil {
		return nil, virt.Errorf(virt.KindInvalid, "the known host keys: %w", err).WithHint("Repair or remove the line of the file.")
	}
	return check, nil
}

// check compares the key that the host shows with those that are known.
func (k *hostKeys) check(remote net.Addr, key ssh.PublicKey) error {
	if k.accepted != nil && string(k.accepted.Marshal()) == string(key.Marshal()) {
		return nil
	}
	remote = &net.TCPAddr{IP: ipOf(remote)} // only the name that was asked for counts
	err := k.ours(k.address, remote, key)
	var unknown *knownhosts.KeyError
	if errors.As(err, &unknown) && len(unknown.Want) == 0 {
		err = k.theirs(k.address, remote, key)
	}
	var revoked *knownhosts.RevokedError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &revoked):
		return virt.Errorf(virt.KindForbidden, "the key of %s was revoked in %s", k.address, revoked.Revoked.Filename).
			WithHint("Ask whoever runs the host for its new key.")
	case errors.As(err, &unknown):
		return k.doubt(key, unknown.Want)
	default:
		return virt.Errorf(virt.KindForbidden, "the key of %s: %w", k.address, err)
	}
}

func (k *hostKeys) doubt(key ssh.PublicKey, want []knownhosts.KnownKey) *keyDoubt {
	d := &keyDoubt{key: key, want: want}
	if len(want) == 0 {
		d.why = virt.Errorf(virt.KindForbidden, "the key of %s is not known: %s", k.address, ssh.FingerprintSHA256(key)).
			WithHint("Compare the fingerprint with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then accept it: kvm-cli host test NAME --accept-key FINGERPRINT")
		return d
	}
	d.why = virt.Errorf(virt.KindForbidden, "the key of %s has changed: it is %s now, and was %s", k.address, ssh.FingerprintSHA256(key), ssh.FingerprintSHA256(want[0].Key)).
		WithHint("Somebody else may be answering. Accept it only when you know that the host was installed anew.")
	return d
}

// ask lets a person decide; nil when the key is accepted.
func (k *hostKeys) ask(ctx context.Context, host virt.HostID, d *keyDoubt) error {
	q := virt.Question{
		Host: host, Kind: virt.AskUnknownKey, Subject: k.address,
		KeyType: keyType(d.key), Fingerprint: ssh.FingerprintSHA256(d.key),
	}
	if len(d.want) > 0 {
		q.Kind, q.Known = virt.AskChangedKey, ssh.FingerprintSHA256(d.want[0].Key)
		q.File = fmt.Sprintf("%s:%d", d.want[0].Filename, d.want[0].Line)
	}
	answer, err := k.options.Ask(ctx, q)
	if ctx.Err() != nil {
		return &virt.Error{Kind: virt.KindOf(ctx.Err()), Ref: virt.HostRef(host), Err: ctx.Err()}
	}
	if err != nil || !answer.Yes {
		return d.why // says more than that nobody accepted it
	}
	k.accepted = d.key
	if answer.Remember {
		return k.remember(ctx, d.key)
	}
	return nil
}

// remember writes the key into our own file, in place of what it had.
func (k *hostKeys) remember(ctx context.Context, key ssh.PublicKey) error {
	unlock, err := storage.Lock(ctx, filepath.Join(k.options.Dirs.Data, "known.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	path := KnownHostsFile(k.options.Dirs)
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return virt.Errorf(virt.KindForbidden, "keep the host's key: %w", err)
	}
	name := knownhosts.Normalize(k.address)
	var lines []string
	for line := range strings.Lines(string(text)) {
		if first, _, _ := strings.Cut(line, " "); first != name {
			lines = append(lines, strings.TrimRight(line, "\n"))
		}
	}
	lines = append(lines, knownhosts.Line([]string{k.address}, key), "")
	return storage.WriteText(path, strings.Join(lines, "\n"))
}

// algorithms puts the kinds of keys first that are known of the host: it would
// show another of its keys else, which would look like a change.
func (k *hostKeys) algorithms() []string {
	var known []string
	for _, check := range []ssh.HostKeyCallback{k.ours, k.theirs} {
		var unknown *knownhosts.KeyError
		if err := check(k.address, &net.TCPAddr{}, noKey{}); errors.As(err, &unknown) {
			for _, want := range unknown.Want {
				known = append(known, algorithmsOf(want.Key.Type())...)
			}
		}
		if len(known) > 0 {
			break
		}
	}
	if len(known) == 0 {
		return nil // the library's order
	}
	for _, other := range []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256} {
		if !slices.Contains(known, other) {
			known = append(known, other)
		}
	}
	return known
}

func algorithmsOf(keyType string) []string {
	if keyType == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{keyType}
}

// noKey is a key that no host has: it makes known_hosts tell what it knows.
type noKey struct{}

func (noKey) Type() string                            { return "none" }
func (noKey) Marshal() []byte                         { return []byte("none") }
func (noKey) Verify(_ []byte, _ *ssh.Signature) error { return errors.New("no key") }

// keyType is the kind of a key as ssh-keygen writes it.
func keyType(key ssh.PublicKey) string {
	name := strings.TrimPrefix(key.Type(), "ssh-")
	name, _, _ = strings.Cut(name, "-nistp")
	return strings.ToUpper(strings.TrimSuffix(name, "-sha2"))
}

func ipOf(addr net.Addr) net.IP {
	if tcp, ok := addr.(*net.TCPAddr); ok {
		return tcp.IP
	}
	return nil
}
