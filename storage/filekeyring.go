package storage

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"

	"golang.org/x/crypto/scrypt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// The work that a guess of the passphrase takes (scrypt's parameters): about a
// tenth of a second and 32 MiB.
const (
	sealCost   = 1 << 15
	sealBlock  = 8
	sealThread = 1
	sealKey    = 32 // bytes: AES-256
	sealSalt   = 16 // bytes
)

// passphraseTries is how often the passphrase is asked for at once.
const passphraseTries = 3

// errSealed says that the passphrase does not open the file.
var errSealed = errors.New("the passphrase does not open the file")

// A sealedFile keeps secrets in one file that a passphrase opens: AES-256-GCM
// under a key that scrypt makes of it. The passphrase is asked for once in the
// life of the process; the key is kept in memory.
type sealedFile struct {
	path, lock string

	turn chan struct{} // capacity 1: whoever holds it may ask for the passphrase
	mu   sync.Mutex
	key  []byte // of salt; nil until the passphrase was right
	salt []byte
}

// sealed is the file as it stands on the disk. Bytes are base64.
type sealed struct {
	About  string `json:"about"`
	Salt   []byte `json:"salt"`
	Cost   int    `json:"cost"`
	Nonce  []byte `json:"nonce"`
	Secret []byte `json:"secret"`
}

func newSealedFile(d Dirs) *sealedFile {
	return &sealedFile{
		path: filepath.Join(d.Data, "secrets.json"), lock: filepath.Join(d.Data, "secrets.lock"), turn: make(chan struct{}, 1),
	}
}

func (f *sealedFile) get(ctx context.Context, key string, ask Passphrase) (string, error) {
	secrets, _, err := f.open(ctx, ask)
	if err != nil {
		return "", err
	}
	secret, found := secrets[key]
	if !found {
		return "", virt.Errorf(virt.KindNotFound, "the sealed file has no such secret")
	}
	return secret, nil
}

func (f *sealedFile) set(ctx context.Context, key, secret string, ask Passphrase) error {
	return f.change(ctx, ask, func(secrets map[string]string) { secrets[key] = secret })
}

// remove forgets the secret; without a file there is nothing to forget.
func (f *sealedFile) remove(ctx context.Context, key string, ask Passphrase) error {
	if _, err := f.read(); errors.Is(err, virt.ErrNotFound) {
		return nil
	}
	return f.change(ctx, ask, func(secrets map[string]string) { delete(secrets, key) })
}

func (f *sealedFile) change(ctx context.Context, ask Passphrase, edit func(map[string]string)) error {
	// A person may take long: other processes are kept out after the answer.
	if _, _, err := f.open(ctx, ask); err != nil && !errors.Is(err, virt.ErrNotFound) {
		return err
	}
	unlock, err := Lock(ctx, f.lock)
	if err != nil {
		return err
	}
	defer unlock()
	secrets, key, err := f.open(ctx, ask)
	if errors.Is(err, virt.ErrNotFound) {
		secrets = map[string]string{}
		key, err = f.choose(ctx, ask)
	}
	if err != nil {
		return err
	}
	edit(secrets)
	return f.write(secrets, key)
}

func (f *sealedFile) read() (sealed, error) {
	var file sealed
	if err := ReadJSON(f.path, &file); err != nil {
		return sealed{}, err
	}
	if file.Cost != sealCost || len(file.Salt) != sealSalt {
		return sealed{}, virt.Errorf(virt.KindInvalid, "%s is no sealed file of this version", f.path).
			WithHint("Move it away; passwords are then asked for again.")
	}
	return file, nil
}

// open returns the secrets of the file and the key that opens it, and asks for
// the passphrase where it is not known yet. No file is virt.KindNotFound, and
// nobody is asked.
func (f *sealedFile) open(ctx context.Context, ask Passphrase) (map[string]string, []byte, error) {
	file, err := f.read()
	if err != nil {
		return nil, nil, err
	}
	select {
	case f.turn <- struct{}{}:
		defer func() { <-f.turn }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	if key := f.known(file.Salt); key != nil {
		if secrets, err := file.unseal(key); err == nil {
			return secrets, key, nil
		}
	}
	for try := range passphraseTries {
		key, err := askKey(ctx, ask, file.Salt, false, try > 0)
		if err != nil {
			return nil, nil, err
		}
		secrets, err := file.unseal(key)
		if err == nil {
			f.learn(key, file.Salt)
			return secrets, key, nil
		}
	}
	return nil, nil, virt.Errorf(virt.KindUnauthenticated, "%s: %w", f.path, errSealed).
		WithHint("Try again, or move the file away; passwords are then asked for again.")
}

// choose asks for a new passphrase and makes the key of it.
func (f *sealedFile) choose(ctx context.Context, ask Passphrase) ([]byte, error) {
	salt := make([]byte, sealSalt)
	_, _ = rand.Read(salt) // never fails (documented)
	key, err := askKey(ctx, ask, salt, true, false)
	if err == nil {
		f.learn(key, salt)
	}
	return key, err
}

func askKey(ctx context.Context, ask Passphrase, salt []byte, fresh, refused bool) ([]byte, error) {
	if ask == nil {
		return nil, virt.Errorf(virt.KindUnauthenticated, "nobody can be asked for the passphrase of the sealed file")
	}
	passphrase, err := ask(ctx, fresh, refused)
	if err != nil {
		return nil, err
	}
	if passphrase == "" {
		return nil, virt.Errorf(virt.KindUnauthenticated, "the sealed file needs a passphrase")
	}
	return scrypt.Key([]byte(passphrase), salt, sealCost, sealBlock, sealThread, sealKey)
}

func (f *sealedFile) known(salt []byte) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	if string(f.salt) != string(salt) {
		return nil
	}
	return f.key
}

func (f *sealedFile) learn(key, salt []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.key, f.salt = key, salt
}

func (f *sealedFile) write(secrets map[string]string, key []byte) error {
	text, err := json.Marshal(secrets)
	if err != nil {
		return err
	}
	box, err := seal(key)
	if err != nil {
		return err
	}
	f.mu.Lock()
	file := sealed{About: "Passwords of hosts, sealed with a passphrase.", Salt: f.salt, Cost: sealCost}
	f.mu.Unlock()
	file.Nonce = make([]byte, box.NonceSize())
	_, _ = rand.Read(file.Nonce) // never fails (documented)
	file.Secret = box.Seal(nil, file.Nonce, text, nil)
	return WriteJSON(f.path, file)
}

func (s sealed) unseal(key []byte) (map[string]string, error) {
	box, err := seal(key)
	if err != nil {
		return nil, err
	}
	if len(s.Nonce) != box.NonceSize() {
		return nil, errSealed
	}
	text, err := box.Open(nil, s.Nonce, s.Secret, nil)
	if err != nil {
		return nil, errSealed
	}
	secrets := map[string]string{}
	return secrets, json.Unmarshal(text, &secrets)
}

func seal(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
