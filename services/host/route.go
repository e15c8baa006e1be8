package host

import (
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/tunnel"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// passwordTries is how often a SASL password is asked for in one attempt.
const passwordTries = 3

// A route is an open connection and the way that it goes over.
type route struct {
	conn *hypervisor.Conn
	way  *tunnel.Way // nil: none of ours
}

// close ends the connection, then its way.
func (r route) close() error {
	var err error
	if r.conn != nil {
		err = r.conn.Close()
	}
	if r.way != nil {
		err = errors.Join(err, r.way.Close())
	}
	return err
}

// travel opens the connection to a host. It ends soon after ctx does, except
// where libvirt itself waits.
func (s *Service) travel(ctx context.Context, h virt.SavedHost, i *interview, o hypervisor.Options, stage func(tunnel.Stage)) (route, error) {
	var r route
	var err error
	switch h.Transport {
	case virt.TransportLocal, "":
		if h.Custom == "" {
			r.conn, err = openThisComputer(s.data, o)
			return r, err
		}
		r.conn, err = openURI(h.Custom, o)
		return r, err
	case virt.TransportSSH, virt.TransportTLS:
		if !tunnel.ByProgram(h, "") {
			return s.overWay(ctx, h, i, o, stage)
		}
		r.conn, err = s.byAuth(ctx, h, i, o) // by ssh itself, which libvirt runs
		return r, err
	case virt.TransportLibSSH:
		o.Via = s.libssh(h)
		r.conn, err = s.byLibvirt(ctx, h, i, o, stage)
		return r, err
	default:
		r.conn, err = s.byLibvirt(ctx, h, i, o, stage)
		return r, err
	}
}

func (s *Service) overWay(ctx context.Context, h virt.SavedHost, i *interview, o hypervisor.Options, stage func(tunnel.Stage)) (route, error) {
	way, err := tunnel.Open(ctx, h, tunnel.Options{Ask: i.ask, Stage: stage, Dirs: s.dirs})
	if err != nil {
		return route{}, err
	}
	mode := "system"
	if h.Session {
		mode = "session"
	}
	o.Via = way.URI(mode)
	stop := context.AfterFunc(ctx, func() { _ = way.Close() }) // ends libvirt's waiting, too
	defer stop()
	if stage != nil {
		stage(atLibvirt)
	}
	conn, err := s.byAuth(ctx, h, i, o)
	if err != nil {
		if why := way.Failure(); why != nil {
			err = why
		}
		_ = way.Close()
		return route{}, err
	}
	return route{conn, way}, nil
}

// byLibvirt lets libvirt make the connection. Its client waits for minutes for a
// computer that is silent, so the address is tried first.
func (s *Service) byLibvirt(ctx context.Context, h virt.SavedHost, i *interview, o hypervisor.Options, stage func(tunnel.Stage)) (*hypervisor.Conn, error) {
	if address, port := listensAt(h); address != "" {
		if stage != nil {
			stage(tunnel.Reach)
		}
		if err := tunnel.Knock(ctx, address, port); err != nil {
			return nil, err
		}
		if stage != nil {
			stage(atLibvirt)
		}
	}
	return s.byAuth(ctx, h, i, o)
}

// listensAt is where libvirt's client connects to by itself; an empty address
// where that is not known, as of what ssh makes of a name.
func listensAt(h virt.SavedHost) (address string, port int) {
	if h.Transport != virt.TransportURI {
		return h.Address, h.PortOr()
	}
	u, err := url.Parse(h.Custom)
	if err != nil {
		return "", 0
	}
	_, transport, _ := strings.Cut(u.Scheme, "+")
	same := virt.SavedHost{Transport: virt.Transport(strings.TrimSuffix(transport, "2"))} // libssh2
	if transport == "" {
		same.Transport = virt.TransportTLS // what libvirt takes where a host is named
	}
	switch same.Transport {
	case virt.TransportTLS, virt.TransportTCP, virt.TransportLibSSH:
		same.Port, _ = strconv.Atoi(u.Port()) // url.Parse has looked at it
		return u.Hostname(), same.PortOr()
	default:
		return "", 0
	}
}

// libssh is the URI for libvirt's own SSH client: it notes host keys in our file
// and asks about them in its own words.
func (s *Service) libssh(h virt.SavedHost) string {
	u, err := url.Parse(h.URI())
	if err != nil {
		return h.URI() // checked before
	}
	query := u.Query()
	query.Set("known_hosts", tunnel.KnownHostsFile(s.dirs))
	if h.Key != "" {
		query.Set("keyfile", tunnel.KeyFile(h))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// Transports are the ways to hosts that the installed libvirt knows.
func (s *Service) Transports(ctx context.Context) ([]virt.Transport, error) {
	if err := s.door.May(ctx, virt.ListHosts, virt.Ref{Kind: virt.KindHost}); err != nil {
		return nil, err
	}
	known := slices.Clone(virt.Transports)
	if !hypervisor.HasLibSSH() {
		known = slices.DeleteFunc(known, func(t virt.Transport) bool { return t == virt.TransportLibSSH })
	}
	return known, nil
}

// byAuth opens the connection and asks again for a password that was refused.
func (s *Service) byAuth(ctx context.Context, h virt.SavedHost, i *interview, o hypervisor.Options) (*hypervisor.Conn, error) {
	var conn *hypervisor.Conn
	var err error
	for try := range passwordTries {
		asked := false
		auth := i.auth(ctx, h, try > 0)
		o.Auth = func(q hypervisor.Question) (string, bool) {
			asked = asked || q.Kind == hypervisor.AskPassword
			return auth(q)
		}
		conn, err = hypervisor.Open(h.URI(), o)
		if left := i.leftOpen(); errors.Is(err, virt.ErrUnauthenticated) && left != nil {
			return nil, left // libvirt says that the login was wrong, though nobody logged in
		}
		again := errors.Is(err, virt.ErrUnauthenticated) && asked && ctx.Err() == nil && s.currentAsker() != nil
		if !again {
			break
		}
	}
	return conn, err
}

// another opens a further connection to where first leads, over the same way,
// with the password that let the first one in.
func (s *Service) another(ctx context.Context, h virt.SavedHost, first *hypervisor.Conn) (*hypervisor.Conn, error) {
	o := hypervisor.Options{Host: h.Name}
	if first.Via() != first.URI() {
		o.Via = first.Via()
	}
	if h.Address == "" {
		return hypervisor.Open(first.URI(), o)
	}
	return s.byAuth(ctx, h, s.interview(h.Name), o)
}

// Dial opens a network connection as seen from the host, over the SSH connection
// that libvirt goes over, too: network is "tcp" or "unix". Hosts that are reached
// otherwise, this computer included, are virt.ErrUnsupported. The connection ends
// with the host's.
func Dial(ctx context.Context, s *Service, action virt.Action, id virt.HostID, network, address string) (net.Conn, error) {
	if err := s.door.May(ctx, action, virt.HostRef(id)); err != nil {
		return nil, err
	}
	c, err := s.find(id)
	if err != nil {
		return nil, err
	}
	if _, err := c.wait(ctx); err != nil {
		return nil, err
	}
	c.mu.Lock()
	way := c.way
	c.mu.Unlock()
	if way == nil {
		return nil, virt.Errorf(virt.KindUnsupported, "%s is not reached by SSH", id)
	}
	return way.Dial(ctx, network, address)
}
