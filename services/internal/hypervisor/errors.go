package hypervisor

import (
	"errors"
	"net/url"
	"syscall"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// kinds is the one place where libvirt's error codes become our kinds. What is
// not listed is internal.
var kinds = map[libvirt.ErrorNumber]virt.ErrorKind{
	libvirt.ERR_NO_DOMAIN:             virt.KindNotFound,
	libvirt.ERR_NO_DOMAIN_SNAPSHOT:    virt.KindNotFound,
	libvirt.ERR_NO_DOMAIN_CHECKPOINT:  virt.KindNotFound,
	libvirt.ERR_NO_DOMAIN_METADATA:    virt.KindNotFound,
	libvirt.ERR_NO_STORAGE_POOL:       virt.KindNotFound,
	libvirt.ERR_NO_STORAGE_VOL:        virt.KindNotFound,
	libvirt.ERR_NO_NETWORK:            virt.KindNotFound,
	libvirt.ERR_NO_NETWORK_METADATA:   virt.KindNotFound,
	libvirt.ERR_NO_NETWORK_PORT:       virt.KindNotFound,
	libvirt.ERR_NO_INTERFACE:          virt.KindNotFound,
	libvirt.ERR_NO_NODE_DEVICE:        virt.KindNotFound,
	libvirt.ERR_NO_NWFILTER:           virt.KindNotFound,
	libvirt.ERR_NO_NWFILTER_BINDING:   virt.KindNotFound,
	libvirt.ERR_NO_SECRET:             virt.KindNotFound,
	libvirt.ERR_DEVICE_MISSING:        virt.KindNotFound,
	libvirt.ERR_DOM_EXIST:             virt.KindExists,
	libvirt.ERR_NETWORK_EXIST:         virt.KindExists,
	libvirt.ERR_NETWORK_PORT_EXIST:    virt.KindExists,
	libvirt.ERR_STORAGE_VOL_EXIST:     virt.KindExists,
	libvirt.ERR_STORAGE_POOL_BUILT:    virt.KindExists,
	libvirt.ERR_OPERATION_INVALID:     virt.KindState,
	libvirt.ERR_RESOURCE_BUSY:         virt.KindState,
	libvirt.ERR_BLOCK_COPY_ACTIVE:     virt.KindState,
	libvirt.ERR_SNAPSHOT_REVERT_RISKY: virt.KindState,
	libvirt.ERR_AUTH_FAILED:           virt.KindUnauthenticated,
	libvirt.ERR_AUTH_CANCELLED:        virt.KindUnauthenticated,
	libvirt.ERR_AUTH_UNAVAILABLE:      virt.KindUnauthenticated,
	libvirt.ERR_ACCESS_DENIED:         virt.KindForbidden,
	libvirt.ERR_OPERATION_DENIED:      virt.KindForbidden,
	libvirt.ERR_NO_CONNECT:            virt.KindUnavailable,
	libvirt.ERR_UNKNOWN_HOST:          virt.KindUnavailable,
	libvirt.ERR_INVALID_CONN:          virt.KindUnavailable,
	libvirt.ERR_RPC:                   virt.KindUnavailable,
	libvirt.ERR_NO_SERVER:             virt.KindUnavailable,
	libvirt.ERR_GNUTLS_ERROR:          virt.KindUnavailable,
	libvirt.ERR_SSH:                   virt.KindUnavailable,
	libvirt.ERR_LIBSSH:                virt.KindUnavailable,
	libvirt.ERR_AGENT_UNRESPONSIVE:    virt.KindUnavailable,
	libvirt.ERR_NO_SUPPORT:            virt.KindUnsupported,
	libvirt.ERR_OPERATION_UNSUPPORTED: virt.KindUnsupported,
	libvirt.ERR_CONFIG_UNSUPPORTED:    virt.KindUnsupported,
	libvirt.ERR_ARGUMENT_UNSUPPORTED:  virt.KindUnsupported,
	libvirt.ERR_CPU_INCOMPATIBLE:      virt.KindUnsupported,
	libvirt.ERR_OPERATION_TIMEOUT:     virt.KindTimeout,
	libvirt.ERR_AGENT_COMMAND_TIMEOUT: virt.KindTimeout,
	libvirt.ERR_OPERATION_ABORTED:     virt.KindCancelled,
	libvirt.ERR_INVALID_ARG:           virt.KindInvalid,
	libvirt.ERR_XML_ERROR:             virt.KindInvalid,
	libvirt.ERR_XML_DETAIL:            virt.KindInvalid,
	libvirt.ERR_XML_INVALID_SCHEMA:    virt.KindInvalid,
	libvirt.ERR_PARSE_FAILED:          virt.KindInvalid,
	libvirt.ERR_OS_TYPE:               virt.KindInvalid,
	libvirt.ERR_NO_NAME:               virt.KindInvalid,
	libvirt.ERR_NO_OS:                 virt.KindInvalid,
	libvirt.ERR_NO_ROOT:               virt.KindInvalid,
	libvirt.ERR_NO_DEVICE:             virt.KindInvalid,
	libvirt.ERR_NO_SOURCE:             virt.KindInvalid,
	libvirt.ERR_NO_TARGET:             virt.KindInvalid,
	libvirt.ERR_INVALID_MAC:           virt.KindInvalid,
	libvirt.ERR_OVERFLOW:              virt.KindInvalid,
	libvirt.ERR_INVALID_DOMAIN:        virt.KindInvalid,
	libvirt.ERR_INVALID_NETWORK:       virt.KindInvalid,
	libvirt.ERR_INVALID_STORAGE_POOL:  virt.KindInvalid,
	libvirt.ERR_INVALID_STORAGE_VOL:   virt.KindInvalid,
}

// errnoKinds refines ERR_SYSTEM_ERROR by the system's own number, which libvirt
// carries along, from a remote daemon too.
var errnoKinds = map[syscall.Errno]virt.ErrorKind{
	syscall.ENOSPC:       virt.KindNoSpace,
	syscall.EFBIG:        virt.KindInvalid, // larger than the file system lets a file be
	syscall.EDQUOT:       virt.KindNoSpace,
	syscall.EACCES:       virt.KindForbidden,
	syscall.EPERM:        virt.KindForbidden,
	syscall.EROFS:        virt.KindForbidden,
	syscall.EEXIST:       virt.KindExists,
	syscall.ENOENT:       virt.KindNotFound,
	syscall.EBUSY:        virt.KindState,
	syscall.EPIPE:        virt.KindUnavailable,
	syscall.EIO:          virt.KindUnavailable,
	syscall.ECONNREFUSED: virt.KindUnavailable,
	syscall.ECONNRESET:   virt.KindUnavailable,
	syscall.EHOSTUNREACH: virt.KindUnavailable,
	syscall.ENETUNREACH:  virt.KindUnavailable,
	syscall.ETIMEDOUT:    virt.KindTimeout,
}

// A failure is what libvirt said; its text is libvirt's sentence alone.
type failure struct {
	code    libvirt.ErrorNumber
	domain  libvirt.ErrorDomain
	errno   syscall.Errno // of ERR_SYSTEM_ERROR; else 0
	message string
}

func (f *failure) Error() string { return f.message }

// translate turns an error of the binding into a *virt.Error. It MUST run on
// the thread of the failed call and before the next call of libvirt.
func translate(err error) error {
	var said libvirt.Error
	var ours *virt.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return err
	case !errors.As(err, &said):
		return &virt.Error{Kind: virt.KindInternal, Err: err}
	}
	f := &failure{code: said.Code, domain: said.Domain, message: said.Message}
	if f.code == libvirt.ERR_SYSTEM_ERROR {
		f.errno = lastErrno()
	}
	return f.failed()
}

func (f *failure) kind() virt.ErrorKind {
	// The RPC layer speaks of the way to a daemon: a socket that is not there,
	// or a connection that broke before this call.
	if f.domain == libvirt.FROM_RPC && (f.code == libvirt.ERR_INTERNAL_ERROR || f.errno == syscall.ENOENT) {
		return virt.KindUnavailable
	}
	if kind, known := errnoKinds[f.errno]; known {
		return kind
	}
	if kind, known := kinds[f.code]; known {
		return kind
	}
	return virt.KindInternal
}

// hasCode reports whether libvirt failed with that code.
func hasCode(err error, code libvirt.ErrorNumber) bool {
	var f *failure
	return errors.As(err, &f) && f.code == code
}

// as returns err with another kind; the precondition that explains it is known.
func as(kind virt.ErrorKind, err error) error {
	return &virt.Error{Kind: kind, Err: err, Hint: virt.HintOf(err)}
}

// explained looks, after a failure that says nothing of its kind, whether a
// precondition of the verb was broken.
func explained(err error, kind virt.ErrorKind, broken func() bool) error {
	if err == nil || !vague(err) || !broken() {
		return err
	}
	return as(kind, err)
}

// vague reports whether the kind of err says little: drivers disagree on codes
// for the same refusal.
func vague(err error) bool {
	switch virt.KindOf(err) {
	case virt.KindInternal, virt.KindState, virt.KindInvalid, virt.KindUnsupported:
		return true
	default:
		return false
	}
}

// What a person can do.
const (
	hintKVM     = "This computer has no /dev/kvm. Turn virtualisation on in its firmware and load the kvm module, or use --accel tcg, which is slow but works everywhere."
	hintGroup   = "Add yourself to the libvirt group with: sudo usermod -aG libvirt $USER — then log in again; or use qemu:///session, your own machines."
	hintDaemon  = "Start the libvirt daemon: sudo systemctl start libvirtd (or virtqemud), or use qemu:///session."
	hintLibrary = "Install libvirt's client library: libvirt0 on Debian and Ubuntu, libvirt-libs on Fedora."
	hintNetwork = "Check the host's name, that it runs libvirt, and that no firewall is in between."
	hintLogin   = "Check the user name and the password or key for this host."
	hintURI     = "Write a libvirt URI, for example qemu:///system or qemu+ssh://user@host/system."
)

// connectError gives the failure of Open its kind and what helps. What is
// missing or refused on the way to a host makes the host unavailable.
func connectError(uri string, err error, unanswered bool) error {
	kind := virt.KindOf(err)
	switch {
	case unanswered:
		kind = virt.KindUnauthenticated
	case kind == virt.KindInternal, kind == virt.KindNotFound, kind == virt.KindState, kind == virt.KindTimeout:
		kind = virt.KindUnavailable
	}
	hint := virt.HintOf(err)
	if hint == "" {
		hint = connectHint(uri, kind)
	}
	return &virt.Error{Kind: kind, Err: err, Hint: hint}
}

func connectHint(uri string, kind virt.ErrorKind) string {
	local := isLocal(uri)
	switch {
	case local && (kind == virt.KindForbidden || kind == virt.KindUnauthenticated):
		return hintGroup
	case kind == virt.KindUnavailable && local:
		return hintDaemon
	case kind == virt.KindUnavailable:
		return hintNetwork
	case kind == virt.KindUnauthenticated:
		return hintLogin
	case kind == virt.KindInvalid, kind == virt.KindUnsupported:
		return hintURI
	default:
		return ""
	}
}

// isLocal reports whether a URI means this computer: it names no other.
func isLocal(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && u.Host == ""
}

// missingLibrary is the first failure of a program built to load libvirt when
// it runs, on a computer without it.
func missingLibrary(err error) error {
	return &virt.Error{Kind: virt.KindUnavailable, Err: err, Hint: hintLibrary}
}
