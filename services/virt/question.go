package virt

// A QuestionKind says what a person is asked on the way to a host.
type QuestionKind string

// What may be asked.
const (
	AskPassword    QuestionKind = "password"     // of Subject, USER@HOST
	AskPassphrase  QuestionKind = "passphrase"   // of the key file Subject
	AskUser        QuestionKind = "user"         // the name to log in with
	AskText        QuestionKind = "text"         // what the host asks in its own words; Hidden tells whether to show what is typed
	AskUnknownKey  QuestionKind = "unknown-key"  // the host was never met: is Fingerprint its key?
	AskChangedKey  QuestionKind = "changed-key"  // the host has another key than Known: somebody else may answer
	AskUnknownCert QuestionKind = "unknown-cert" // no authority we know vouches for the host's certificate
	AskChangedCert QuestionKind = "changed-cert" // the same of a host whose certificate Known a person accepted before
	AskKeyring     QuestionKind = "keyring"      // the passphrase of the sealed file that keeps passwords; New: choose one

	AskScreenPassword QuestionKind = "screen-password" // of the screen of the machine Subject
	AskScreenLogin    QuestionKind = "screen-login"    // the same, with the name to log in with
)

// A Question is put to the person who connects. Secrets are answered as text,
// keys and certificates with yes or no.
type Question struct {
	Host        HostID       `json:"host"`
	Kind        QuestionKind `json:"kind"`
	Subject     string       `json:"subject"`               // USER@HOST:PORT, a file, or a certificate's name
	Prompt      string       `json:"prompt,omitempty"`      // the host's own words; not to be trusted
	Hidden      bool         `json:"hidden,omitempty"`      // what is typed must not be seen
	Refused     bool         `json:"refused,omitempty"`     // the last answer was not right
	New         bool         `json:"new,omitempty"`         // of keyring: there is none yet
	KeepIn      string       `json:"keep_in,omitempty"`     // where a remembered answer goes: keyring, file; empty: nowhere
	KeyType     string       `json:"key_type,omitempty"`    // such as ED25519
	Fingerprint string       `json:"fingerprint,omitempty"` // SHA256:… of the key or certificate that the host shows
	Known       string       `json:"known,omitempty"`       // of changed-key and changed-cert: the fingerprint it had
	File        string       `json:"file,omitempty"`        // of changed-key: FILE:LINE where it is noted
	Reason      string       `json:"reason,omitempty"`      // of certificates: why it is not trusted
}

// YesNo reports whether the question is answered with yes or no.
func (q Question) YesNo() bool {
	switch q.Kind {
	case AskUnknownKey, AskChangedKey, AskUnknownCert, AskChangedCert:
		return true
	default:
		return false
	}
}

// An Answer is what the person said.
type Answer struct {
	User     string // of screen-login
	Text     string // of what is not a matter of yes or no
	Yes      bool
	Remember bool // keep the text in the keyring, or the host's key for next time
}

// A SecretKind says which secret of a host is meant.
type SecretKind string

// The secrets of a host.
const (
	SecretPassword   SecretKind = "password"   // the login's: SSH or SASL
	SecretPassphrase SecretKind = "passphrase" // the key file's
)
