package storage

import (
	"cmp"
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// keyringService is the name under which the system's keyring lists our secrets.
const keyringService = "kvm-manager"

// A Keyring keeps secrets: in the system's keyring (Secret Service), or in a
// sealed file where there is none. It is safe for concurrent use.
//
// The system's keyring may wait for its unlock dialog for as long as the person
// likes. Each call therefore has a goroutine of its own and returns when its
// context ends; an answer that comes late is dropped.
type Keyring struct {
	file *sealedFile
	turn chan struct{} // capacity 1: the library takes any dialog's end for its own

	mu   sync.Mutex
	busy map[string]*lookup // reads that are under way, by key
}

// A KeyringKind says where secrets are kept.
type KeyringKind string

// Where secrets are kept.
const (
	KeyringSystem KeyringKind = "keyring"
	KeyringFile   KeyringKind = "file"
)

// A lookup is a read of the system's keyring that several may wait for.
type lookup struct {
	done   chan struct{}
	secret string
	err    error
}

// A Passphrase returns the passphrase of the sealed file: fresh says that there
// is no file yet and one must be chosen, refused that the last one was wrong.
// It may ask a person.
type Passphrase func(ctx context.Context, fresh, refused bool) (string, error)

// NewKeyring returns the keyring of the person who runs the program; the sealed
// file, where it is needed, lies in the data directory. It opens nothing yet.
func NewKeyring(d Dirs) *Keyring {
	return &Keyring{file: newSealedFile(d), turn: make(chan struct{}, 1), busy: map[string]*lookup{}}
}

// Kind says where secrets are kept here: with a session bus in the system's
// keyring, else in the sealed file.
func (k *Keyring) Kind() KeyringKind {
	if hasSessionBus() {
		return KeyringSystem
	}
	return KeyringFile
}

// File is the path of the sealed file, for messages.
func (k *Keyring) File() string { return k.file.path }

// Get returns the secret of the key; none is virt.KindNotFound. ask is asked
// for the sealed file's passphrase, and only where the file has secrets.
func (k *Keyring) Get(ctx context.Context, key string, ask Passphrase) (string, error) {
	if k.Kind() == KeyringFile {
		return k.file.get(ctx, key, ask)
	}
	l := k.look(key)
	select {
	case <-l.done:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if noService(l.err) {
		return k.file.get(ctx, key, ask)
	}
	return l.secret, keyringError(l.err)
}

// look begins to read the key, or joins the read that is under way: a person
// who leaves the dialog open is not asked once more for each attempt.
func (k *Keyring) look(key string) *lookup {
	k.mu.Lock()
	defer k.mu.Unlock()
	if l := k.busy[key]; l != nil {
		return l
	}
	l := &lookup{done: make(chan struct{})}
	k.busy[key] = l
	go func() {
		k.turn <- struct{}{}
		l.err = guarded(func() (err error) {
			l.secret, err = keyring.Get(keyringService, key)
			return err
		})
		<-k.turn
		k.mu.Lock()
		delete(k.busy, key)
		k.mu.Unlock()
		close(l.done)
	}()
	return l
}

// Set keeps the secret and says where.
func (k *Keyring) Set(ctx context.Context, key, secret string, ask Passphrase) (KeyringKind, error) {
	if k.Kind() == KeyringSystem {
		err := k.inOwnTime(ctx, func() error { return keyring.Set(keyringService, key, secret) })
		if !noService(err) {
			return KeyringSystem, keyringError(err)
		}
	}
	return KeyringFile, k.file.set(ctx, key, secret, ask)
}

// Delete forgets the secret; there need be none.
func (k *Keyring) Delete(ctx context.Context, key string, ask Passphrase) error {
	if k.Kind() == KeyringSystem {
		err := k.inOwnTime(ctx, func() error { return keyring.Delete(keyringService, key) })
		if !noService(err) {
			if err = keyringError(err); errors.Is(err, virt.ErrNotFound) {
				return nil
			}
			return err
		}
	}
	return k.file.remove(ctx, key, ask)
}

// inOwnTime runs call when it is its turn, and returns when it or ctx has ended.
func (k *Keyring) inOwnTime(ctx context.Context, call func() error) error {
	done := make(chan error, 1)
	go func() {
		select {
		case k.turn <- struct{}{}:
			err := guarded(call)
			<-k.turn
			done <- err
		case <-ctx.Done():
		}
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errBusEnded is a session that ended while a dialog was open; the keyring's
// library panics then.
var errBusEnded = errors.New("the session bus ended")

// errNoBus is a session bus that is gone since the secret was asked for.
var errNoBus = errors.New("there is no session bus")

func guarded(call func() error) (err error) {
	if !hasSessionBus() { // the keyring's library would launch one
		return errNoBus
	}
	defer func() {
		if recover() != nil {
			err = errBusEnded
		}
	}()
	return call()
}

// busVariable says where the session bus is, and noBus there that it is nowhere.
const (
	busVariable = "DBUS_SESSION_BUS_ADDRESS"
	noBus       = "disabled:"
)

// UseSessionBus says to the libraries of this process which session bus they use:
// the one that is there, or none. They would launch one else, which outlives the
// program and has a keyring that nobody can unlock.
func UseSessionBus() error { return os.Setenv(busVariable, cmp.Or(sessionBus(), noBus)) }

func hasSessionBus() bool { return sessionBus() != "" }

// sessionBus is the address of the person's session bus; empty is none.
func sessionBus() string {
	switch address := os.Getenv(busVariable); address {
	case "", "autolaunch:":
	case noBus:
		return ""
	default:
		return address
	}
	bus := cmp.Or(os.Getenv("XDG_RUNTIME_DIR"), "/run/user/"+strconv.Itoa(os.Getuid())) + "/bus"
	if _, err := os.Stat(bus); err == nil {
		return "unix:path=" + dbus.EscapeBusAddressValue(bus)
	}
	return ""
}

// The D-Bus errors of a session bus that leads to no usable keyring.
const (
	noOwner      = "org.freedesktop.DBus.Error.NameHasNoOwner"
	unknownName  = "org.freedesktop.DBus.Error.ServiceUnknown"
	spawnPrefix  = "org.freedesktop.DBus.Error.Spawn."
	noCollection = "org.freedesktop.Secret.Error.NoSuchObject"
)

// noService reports whether the failure says that there is no Secret Service.
func noService(err error) bool {
	var said dbus.Error
	var network *net.OpError
	switch {
	case errors.As(err, &said):
		return said.Name == noOwner || said.Name == unknownName || said.Name == noCollection || strings.HasPrefix(said.Name, spawnPrefix)
	default:
		return errors.As(err, &network) || errors.Is(err, errNoBus)
	}
}

// keyringError gives an error of the system's keyring its kind. A dialog that
// was closed without unlocking leaves an error of no type of its own.
func keyringError(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, keyring.ErrNotFound):
		return virt.Errorf(virt.KindNotFound, "the keyring has no such secret")
	default:
		return virt.Errorf(virt.KindUnavailable, "the keyring: %w", err).
			WithHint("Unlock the keyring, or answer without having the answer kept.")
	}
}
