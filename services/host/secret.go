package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"

	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/internal/tunnel"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// KeepsIn says where passwords are kept here: in the system's keyring, or in
// the sealed file of the path.
func (s *Service) KeepsIn(ctx context.Context) (kind storage.KeyringKind, file string, err error) {
	if err := s.door.May(ctx, virt.ListHosts, virt.Ref{Kind: virt.KindHost}); err != nil {
		return "", "", err
	}
	return s.keyring.Kind(), s.keyring.File(), nil
}

// KeepSecret puts a password or passphrase of the host, saved or not, into the
// keyring, before it is asked for. It waits for the keyring, whose unlock dialog
// may take long, as long as ctx does.
func (s *Service) KeepSecret(ctx context.Context, h virt.SavedHost, kind virt.SecretKind, text string) error {
	return s.door.Do(ctx, virt.SaveHost, virt.HostRef(h.Name), func(ctx context.Context, _ *operation.Progress) error {
		key, err := keyOf(h, kind)
		if err != nil {
			return err
		}
		s.secrets.set(key, text)
		_, err = s.keyring.Set(ctx, key, text, s.interview(h.Name).passphrase)
		return err
	})
}

// ForgetSecrets removes the passwords and passphrases of a saved host from
// memory and the keyring, except those that another saved host uses.
func (s *Service) ForgetSecrets(ctx context.Context, name virt.HostID) error {
	return s.door.Do(ctx, virt.SaveHost, virt.HostRef(name), func(ctx context.Context, _ *operation.Progress) error {
		h, err := s.savedHost(name)
		if err != nil {
			return err
		}
		for _, key := range s.keysOnlyOf(h) {
			if err := s.forget(ctx, name, key); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) forget(ctx context.Context, name virt.HostID, key string) error {
	s.secrets.forget(key)
	return s.keyring.Delete(ctx, key, s.interview(name).passphrase)
}

// forgetLater forgets what a removed host leaves; nobody waits for the keyring.
func (s *Service) forgetLater(h virt.SavedHost) {
	for _, key := range s.keysOnlyOf(h) {
		s.chore(func(ctx context.Context) error {
			if err := s.forget(ctx, h.Name, key); err != nil {
				slog.Warn("a password was not forgotten", "host", h.Name, "err", err)
				return fmt.Errorf("a password of %s is not forgotten: %w", h.Name, err)
			}
			return nil
		})
	}
}

// chore runs work with the keyring beside everything else; Settle waits for it.
func (s *Service) chore(work func(context.Context) error) {
	done := make(chan error, 1)
	s.mu.Lock()
	s.chores = append(s.chores, done)
	s.mu.Unlock()
	go func() { done <- work(s.ctx) }()
}

// Settle waits until the passwords that are to be kept or forgotten are, and
// returns why some are not. A program that ends at once calls it before Close.
// The keyring may wait for a person; where nobody can be asked it has ten
// seconds.
func (s *Service) Settle(ctx context.Context) error {
	if err := s.door.May(ctx, virt.ListHosts, virt.Ref{Kind: virt.KindHost}); err != nil {
		return err
	}
	if s.currentAsker() == nil {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, keyringLimit)
		defer cancel()
	}
	s.mu.Lock()
	chores := s.chores
	s.chores = nil
	s.mu.Unlock()
	var errs []error
	for _, done := range chores {
		select {
		case err := <-done:
			errs = append(errs, err)
		case <-ctx.Done():
			return &virt.Error{Kind: virt.KindOf(ctx.Err()), Err: fmt.Errorf("the keyring does not answer: %w", ctx.Err())}
		}
	}
	return errors.Join(errs...)
}

// keysOnlyOf are the keyring's names of the secrets that h alone uses.
func (s *Service) keysOnlyOf(h virt.SavedHost) []string {
	keys := keysOf(h)
	others, _ := storage.ReadHosts(s.dirs.HostsDir()) //nolint:errcheck // broken files have no secrets that we know
	for _, other := range others {
		if other.Name != h.Name {
			theirs := keysOf(other)
			keys = slices.DeleteFunc(keys, func(key string) bool { return slices.Contains(theirs, key) })
		}
	}
	return keys
}

// keysOf are the keyring's names of all secrets that the host may use.
func keysOf(h virt.SavedHost) []string {
	var keys []string
	switch h.Transport {
	case virt.TransportSSH:
		for _, login := range tunnel.Logins(h) {
			keys = append(keys, secretKey(virt.AskPassword, login))
		}
		if h.Key != "" {
			keys = append(keys, secretKey(virt.AskPassphrase, tunnel.KeyFile(h)))
		}
	case virt.TransportLocal, "":
	default:
		keys = append(keys, secretKey(virt.AskPassword, loginOf(h)))
	}
	return keys
}

// keyOf is the keyring's name of one secret of the host.
func keyOf(h virt.SavedHost, kind virt.SecretKind) (string, error) {
	if err := h.Check(); err != nil {
		return "", err
	}
	switch {
	case kind == virt.SecretPassphrase && h.Transport == virt.TransportSSH && h.Key != "":
		return secretKey(virt.AskPassphrase, tunnel.KeyFile(h)), nil
	case kind == virt.SecretPassword && h.Transport == virt.TransportSSH:
		logins := tunnel.Logins(h)
		return secretKey(virt.AskPassword, logins[len(logins)-1]), nil
	case kind == virt.SecretPassword && h.Transport != virt.TransportLocal:
		return secretKey(virt.AskPassword, loginOf(h)), nil
	default:
		return "", virt.Errorf(virt.KindInvalid, "%s has no %s", h.Name, kind).
			WithHint("Hosts reached by SSH have a password, and a passphrase where a key file is named; others have a password.")
	}
}

// loginOf names the login of a host whose password libvirt asks for.
func loginOf(h virt.SavedHost) string {
	if h.Address == "" || h.User == "" {
		return h.URI()
	}
	return h.User + "@" + net.JoinHostPort(h.Address, strconv.Itoa(h.PortOr()))
}
