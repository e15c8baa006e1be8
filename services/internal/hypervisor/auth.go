package hypervisor

import "libvirt.org/go/libvirt"

// A QuestionKind says what a daemon wants to know before it lets us in.
type QuestionKind string

// What a daemon asks for (virConnectCredentialType).
const (
	AskUser     QuestionKind = "user"     // the name to log in with
	AskPassword QuestionKind = "password" // never shown on the screen
	AskRealm    QuestionKind = "realm"
	AskText     QuestionKind = "text" // anything else; may be shown
)

// A Question is one credential that a daemon, or ssh on the way to it, asks for.
type Question struct {
	Kind      QuestionKind
	Prompt    string // in the daemon's words
	Challenge string
	Default   string
}

// Auth answers a question; ok false leaves it unanswered, which refuses the
// connection with virt.ErrUnauthenticated. It may block for a person.
type Auth func(Question) (answer string, ok bool)

var questionKinds = map[libvirt.ConnectCredentialType]QuestionKind{
	libvirt.CRED_USERNAME:     AskUser,
	libvirt.CRED_AUTHNAME:     AskUser,
	libvirt.CRED_PASSPHRASE:   AskPassword,
	libvirt.CRED_NOECHOPROMPT: AskPassword,
	libvirt.CRED_REALM:        AskRealm,
	libvirt.CRED_ECHOPROMPT:   AskText,
	libvirt.CRED_LANGUAGE:     AskText,
	libvirt.CRED_CNONCE:       AskText,
}

// questions passes libvirt's questions to an Auth and remembers whether any
// stayed unanswered, which libvirt's own error does not tell.
type questions struct {
	auth       Auth
	unanswered bool
}

func (q *questions) connectAuth() *libvirt.ConnectAuth {
	auth := &libvirt.ConnectAuth{Callback: q.answer}
	for kind := range questionKinds {
		auth.CredType = append(auth.CredType, kind)
	}
	return auth
}

func (q *questions) answer(creds []*libvirt.ConnectCredential) {
	for _, cred := range creds {
		answer, ok := q.ask(Question{
			Kind: questionKinds[cred.Type], Prompt: cred.Prompt, Challenge: cred.Challenge, Default: cred.DefResult,
		})
		if !ok {
			q.unanswered = true
			continue
		}
		cred.Result, cred.ResultLen = answer, len(answer)
	}
}

func (q *questions) ask(question Question) (string, bool) {
	if q.auth == nil {
		return "", false
	}
	return q.auth(question)
}
