package virt

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A Transport is the way to the libvirt of a host.
type Transport string

// The transports.
const (
	TransportLocal  Transport = "local"  // this computer
	TransportSSH    Transport = "ssh"    // our own SSH connection, which consoles share
	TransportLibSSH Transport = "libssh" // libvirt's SSH client, where it was built with one
	TransportTLS    Transport = "tls"    // certificates on both sides
	TransportTCP    Transport = "tcp"    // SASL without TLS: what is sent may be changed on the way
	TransportURI    Transport = "uri"    // any libvirt URI, opened by libvirt alone
)

// Transports are all transports, those for most people first.
var Transports = []Transport{TransportLocal, TransportSSH, TransportTLS, TransportLibSSH, TransportTCP, TransportURI}

// A SavedHost is a host that the connection manager keeps: how to reach it, and
// what to do with it at the start. Paths are absolute or begin with ~/. It bears
// no password: those are in the keyring.
type SavedHost struct {
	Name      HostID    `json:"name"`
	Transport Transport `json:"transport"`
	Address   string    `json:"address,omitempty"`     // a name or an IP address; not of local and uri
	Port      int       `json:"port,omitempty"`        // 0: 22, 16514 (tls) or 16509 (tcp)
	User      string    `json:"user,omitempty"`        // of ssh and libssh; empty: as here. Of tcp and tls: the SASL user
	Session   bool      `json:"session,omitempty"`     // the user's own machines (qemu:///session) instead of the system's
	Socket    string    `json:"socket,omitempty"`      // of ssh: libvirt's socket on the host, where it is not the usual one
	Key       string    `json:"key,omitempty"`         // of ssh: the private key file; empty: the agent and the usual files
	JumpHost  string    `json:"jump_host,omitempty"`   // of ssh: [USER@]HOST[:PORT] on the way, several with commas
	CA        string    `json:"ca,omitempty"`          // of tls: the PEM file of the authority; empty: libvirt's usual one
	Cert      string    `json:"client_cert,omitempty"` // of tls: our PEM certificate, and its key
	CertKey   string    `json:"client_key,omitempty"`
	Custom    string    `json:"uri,omitempty"` // of uri: the libvirt URI. Of local: empty for the first driver that answers
	AtStart   bool      `json:"connect_at_start"`
	Order     int       `json:"order"` // place in lists, least first; equal ones by name
}

const (
	maxName = 64
	maxPort = 65535
)

// The fields of a SavedHost that are checked by themselves, as its JSON has them.
const (
	HostFieldName      Field = "name"
	HostFieldTransport Field = "transport"
	HostFieldAddress   Field = "address"
	HostFieldPort      Field = "port"
	HostFieldUser      Field = "user"
	HostFieldSocket    Field = "socket"
	HostFieldKey       Field = "key"
	HostFieldJump      Field = "jump_host"
	HostFieldCA        Field = "ca"
	HostFieldCert      Field = "client_cert"
	HostFieldCertKey   Field = "client_key"
	HostFieldURI       Field = "uri"
)

// Check returns what is wrong with h first: virt.KindInvalid with the name of
// the field in the text and what is allowed as the hint.
func (h SavedHost) Check() error {
	for _, p := range h.Problems() {
		return p.Err
	}
	return nil
}

// Problems returns all that is wrong with h, at most one for a field.
func (h SavedHost) Problems() []FieldProblem {
	var found []FieldProblem
	for _, p := range append([]FieldProblem{{HostFieldName, CheckHostName(h.Name)}}, h.transportProblems()...) {
		if p.Err != nil {
			found = append(found, p)
		}
	}
	return found
}

func (h SavedHost) transportProblems() []FieldProblem {
	switch h.Transport {
	case TransportLocal:
		return []FieldProblem{{HostFieldURI, h.checkLocal()}}
	case TransportURI:
		return []FieldProblem{{HostFieldURI, h.checkCustom()}}
	case TransportSSH, TransportLibSSH, TransportTLS, TransportTCP:
		return h.remoteProblems()
	case "":
		return []FieldProblem{{HostFieldTransport, Errorf(KindInvalid, "it is not said how the host is reached").
			WithHint("Choose a transport: local, ssh, tls, libssh, tcp or uri.")}}
	default:
		return []FieldProblem{{HostFieldTransport, Errorf(KindInvalid, "the transport cannot be %q", h.Transport).
			WithHint("Choose local, ssh, tls, libssh, tcp or uri.")}}
	}
}

// CheckHostName returns why a host cannot be called so, or nil.
func CheckHostName(name HostID) error {
	text := string(name)
	bad := text == "" || len(text) > maxName || strings.HasPrefix(text, ".") || strings.HasPrefix(text, "-") ||
		text != strings.TrimSpace(text) || strings.ContainsAny(text, `/\:`) ||
		strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || !unicode.IsPrint(r) })
	if bad {
		return Errorf(KindInvalid, "a host cannot be called %q", text).
			WithHint("A name has 1 to 64 bytes, no slash and no colon, and begins neither with a dot nor with a hyphen.")
	}
	return nil
}

func (h SavedHost) checkLocal() error {
	if h.Custom == "" {
		return nil
	}
	u, err := url.Parse(h.Custom)
	if err != nil || u.Scheme == "" || u.Host != "" {
		return Errorf(KindInvalid, "%q is no libvirt URI of this computer", h.Custom).WithHint("Write one such as qemu:///system or qemu:///session.")
	}
	return nil
}

func (h SavedHost) checkCustom() error {
	u, err := url.Parse(h.Custom)
	if err != nil || u.Scheme == "" || !strings.Contains(h.Custom, ":/") {
		return Errorf(KindInvalid, "the uri %q is no libvirt URI", h.Custom).WithHint("Write one such as qemu:///system or qemu+ssh://root@server/system.")
	}
	if _, set := u.User.Password(); set {
		return Errorf(KindInvalid, "the uri has a password in it").WithHint("Leave it out; you are asked for it once, and the keyring keeps it.")
	}
	return nil
}

func (h SavedHost) remoteProblems() []FieldProblem {
	var found []FieldProblem
	wrong := func(field Field, bad bool, hint, format string, args ...any) {
		if bad {
			found = append(found, FieldProblem{field, Errorf(KindInvalid, format, args...).WithHint(hint)})
		}
	}
	wrong(HostFieldAddress, !isAddress(h.Address), "Write the host's name or IP address, without user and port.", "the address cannot be %q", h.Address)
	wrong(HostFieldPort, h.Port < 0 || h.Port > maxPort, "Write a number from 1 to 65535, or 0 for the usual one.", "the port cannot be %d", h.Port)
	wrong(HostFieldUser, !plain(h.User) || strings.ContainsAny(h.User, "@:/ "), "Write a login name, or leave it empty.", "the user cannot be %q", h.User)
	wrong(HostFieldCert, (h.Cert == "") != (h.CertKey == ""), "Name both files or neither.", "a client certificate and its key go together")
	for _, file := range []struct {
		field Field
		path  string
	}{{HostFieldKey, h.Key}, {HostFieldCA, h.CA}, {HostFieldCert, h.Cert}, {HostFieldCertKey, h.CertKey}} {
		wrong(file.field, !isPath(file.path), "Write the file's whole path, or one that begins with ~/.", "the %s cannot be %q", file.field, file.path)
	}
	wrong(HostFieldSocket, h.Socket != "" && (!filepath.IsAbs(h.Socket) || !plain(h.Socket)), "Write the whole path on the host.", "the socket cannot be %q", h.Socket)
	badHop := slices.ContainsFunc(h.Jumps(), func(hop Hop) bool { return !isAddress(hop.Address) || strings.ContainsAny(hop.User, " /") })
	wrong(HostFieldJump, badHop, "Write USER@HOST:PORT; user and port may be left out.", "the jump host cannot be %q", h.JumpHost)
	return found
}

// Jumps are the jump hosts in the order in which they are passed.
func (h SavedHost) Jumps() []Hop {
	var hops []Hop
	for _, text := range strings.FieldsFunc(h.JumpHost, func(r rune) bool { return r == ',' }) {
		hops = append(hops, parseHop(strings.TrimSpace(text)))
	}
	return hops
}

// A Hop is a computer that an SSH connection goes to or through.
type Hop struct {
	User    string // empty: the user here
	Address string
	Port    int // 0: 22
}

func parseHop(text string) Hop {
	var hop Hop
	rest := text
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		hop.User, rest = text[:at], text[at+1:]
	}
	hop.Address = strings.Trim(rest, "[]")
	if host, port, err := net.SplitHostPort(rest); err == nil {
		number, err := strconv.Atoi(port)
		if err != nil || number < 1 || number > maxPort {
			return Hop{} // no address: refused
		}
		hop.Address, hop.Port = host, number
	}
	return hop
}

// URI is the libvirt URI that names the host: what is shown, and what libvirt
// on another computer would understand. It bears no secret.
func (h SavedHost) URI() string {
	switch h.Transport {
	case TransportLocal, TransportURI:
		return h.Custom
	}
	u := url.URL{Scheme: "qemu+" + string(h.Transport), Host: hostPort(h.Address, h.Port), Path: "/system"}
	if h.Session {
		u.Path = "/session"
	}
	if h.User != "" && h.Transport != TransportTLS && h.Transport != TransportTCP {
		u.User = url.User(h.User)
	}
	query := url.Values{}
	if h.Socket != "" {
		query.Set("socket", h.Socket)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// HostFromURI reads a libvirt URI into a host without a name. What has no field
// of its own keeps the URI as it is, to be opened by libvirt alone.
func HostFromURI(text string) (SavedHost, error) {
	custom := SavedHost{Transport: TransportURI, Custom: text}
	if err := custom.checkCustom(); err != nil {
		return SavedHost{}, err
	}
	u, err := url.Parse(text)
	if err != nil {
		return SavedHost{}, err
	}
	driver, transport, _ := strings.Cut(u.Scheme, "+")
	if transport == "" && u.Host == "" {
		return SavedHost{Transport: TransportLocal, Custom: text}, nil
	}
	h := SavedHost{Transport: Transport(transport), Address: u.Hostname(), User: u.User.Username(), Session: u.Path == "/session"}
	h.Port, _ = strconv.Atoi(u.Port()) // checked by url.Parse
	h.Socket = u.Query().Get("socket")
	known := driver == "qemu" && (u.Path == "/system" || u.Path == "/session") &&
		(h.Transport == TransportSSH || h.Transport == TransportTLS || h.Transport == TransportTCP)
	if !known || h.Transport != TransportSSH && h.Socket != "" || len(h.remoteProblems()) > 0 || h.URI() != canonical(u) {
		return custom, nil
	}
	return h, nil
}

// canonical is the URI as SavedHost.URI writes it: who logs in by SASL is asked
// for, and no part of the way.
func canonical(u *url.URL) string {
	c := *u
	if strings.HasSuffix(u.Scheme, "+"+string(TransportTCP)) {
		c.User = nil
	}
	c.RawQuery = u.Query().Encode()
	return c.String()
}

// Unprotected reports whether what goes to and from the host can be read or
// changed on the way: front ends warn before such a host is saved.
func (h SavedHost) Unprotected() bool {
	scheme, _, _ := strings.Cut(h.Custom, ":")
	return h.Transport == TransportTCP || h.Transport == TransportURI && strings.HasSuffix(scheme, "+tcp")
}

// PortOr is the port, or the transport's usual one.
func (h SavedHost) PortOr() int {
	usual := map[Transport]int{TransportSSH: 22, TransportLibSSH: 22, TransportTLS: 16514, TransportTCP: 16509}
	return cmp.Or(h.Port, usual[h.Transport])
}

func hostPort(host string, port int) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == 0 {
		return host
	}
	return host + ":" + strconv.Itoa(port)
}

func isAddress(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	return text != "" && len(text) <= 253 && plain(text) && !strings.HasPrefix(text, "-") && !strings.ContainsAny(text, " @:/?#[]%\\")
}

func isPath(path string) bool {
	return path == "" || plain(path) && (filepath.IsAbs(path) || strings.HasPrefix(path, "~/"))
}

func plain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar })
}
