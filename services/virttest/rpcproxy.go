package virttest

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// The RPC programs of libvirt's protocol (src/remote/remote_protocol.x and
// src/rpc/virkeepaliveprotocol.x).
const (
	ProgramRemote    = 0x20008086
	ProgramQEMU      = 0x20008087
	ProgramKeepAlive = 0x6b656570
)

// A Call is a procedure of an RPC program, by number.
type Call struct{ Program, Procedure uint32 }

// A Proxy stands between clients and a libvirtd and counts their calls.
type Proxy struct {
	Socket string
	URI    string // qemu+unix:///system?socket=...

	upstream string
	listener *net.UnixListener
	serving  sync.WaitGroup

	mu    sync.Mutex
	calls map[Call]int
	conns map[*net.UnixConn]bool
}

// RPCProxy returns a proxy to the libvirtd behind socket that ends with the
// test; see StartRPCProxy.
func RPCProxy(t testing.TB, socket string) *Proxy {
	t.Helper()
	p, err := StartRPCProxy(socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// StartRPCProxy returns a proxy to the libvirtd behind socket. It passes
// everything on unchanged, file descriptors included. Close MUST be called.
func StartRPCProxy(socket string) (*Proxy, error) {
	dir, err := os.MkdirTemp("", "rpc-")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "sock")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	p := &Proxy{
		Socket: path, URI: "qemu+unix:///system?socket=" + path, upstream: socket, listener: listener,
		calls: map[Call]int{}, conns: map[*net.UnixConn]bool{},
	}
	p.serve(p.accept)
	return p, nil
}

// Calls returns how often each procedure was called since the last Reset.
// Keepalive is not a call.
func (p *Proxy) Calls() map[Call]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make(map[Call]int, len(p.calls))
	for c, n := range p.calls {
		out[c] = n
	}
	return out
}

// Count returns the number of all calls since the last Reset.
func (p *Proxy) Count() int {
	n := 0
	for _, each := range p.Calls() {
		n += each
	}
	return n
}

// Reset forgets what was counted.
func (p *Proxy) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.calls)
}

// Close ends the proxy and the connections through it.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.serving.Wait()
	_ = os.RemoveAll(filepath.Dir(p.Socket)) // empty but for the socket, which is gone
}

// serve runs f on a goroutine that close waits for.
func (p *Proxy) serve(f func()) {
	p.serving.Add(1)
	go func() {
		defer p.serving.Done()
		f()
	}()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.AcceptUnix()
		if err != nil {
			return
		}
		server, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: p.upstream})
		if err != nil {
			_ = client.Close()
			continue
		}
		p.keep(client, server)
		counter := &frames{count: p.count}
		p.serve(func() { p.pass(client, server, counter) })
		p.serve(func() { p.pass(server, client, io.Discard) })
	}
}

func (p *Proxy) keep(conns ...*net.UnixConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = true
	}
}

func (p *Proxy) count(c Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[c]++
}

// pass copies from one side to the other until either ends, and shows the bytes
// to watch.
func (p *Proxy) pass(from, to *net.UnixConn, watch io.Writer) {
	defer func() {
		_ = from.Close()
		_ = to.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, from)
	}()
	data, oob := make([]byte, 256<<10), make([]byte, 1024)
	for {
		n, oobn, _, _, err := from.ReadMsgUnix(data, oob)
		if err != nil || (n == 0 && oobn == 0) {
			return
		}
		_, _ = watch.Write(data[:n])
		_, _, err = to.WriteMsgUnix(data[:n], oob[:oobn], nil)
		if errors.Join(err, closeRights(oob[:oobn])) != nil {
			return
		}
	}
}

// closeRights closes our copies of file descriptors that were passed on.
func closeRights(oob []byte) error {
	messages, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return err
	}
	for _, m := range messages {
		fds, err := syscall.ParseUnixRights(&m)
		if err != nil {
			return err
		}
		for _, fd := range fds {
			err = errors.Join(err, syscall.Close(fd))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Types of a message (enum virNetMessageType).
const (
	typeCall        = 0
	typeCallWithFDs = 4
)

// frames takes a client's byte stream apart: a length of four bytes that counts
// itself, then program, version, procedure, type, serial and status.
type frames struct {
	count   func(Call)
	pending []byte
	skip    int // bytes of the current frame that are not yet seen
}

const headerSize = 7 * 4

// Write counts the calls in b. It never fails.
func (f *frames) Write(b []byte) (int, error) {
	total := len(b)
	for len(b) > 0 {
		if f.skip > 0 {
			n := min(f.skip, len(b))
			f.skip, b = f.skip-n, b[n:]
			continue
		}
		n := min(f.missing(), len(b))
		f.pending, b = append(f.pending, b[:n]...), b[n:]
		if f.missing() == 0 {
			f.header()
		}
	}
	return total, nil
}

// missing is how many bytes the header at hand lacks. A call that passes file
// descriptors says their number behind the header.
func (f *frames) missing() int {
	if len(f.pending) >= headerSize && f.word(4) == typeCallWithFDs {
		return headerSize + 4 - len(f.pending)
	}
	return headerSize - len(f.pending)
}

func (f *frames) word(i int) uint32 { return binary.BigEndian.Uint32(f.pending[4*i:]) }

// header counts the call of a complete header and skips the rest of its frame.
// File descriptors follow a frame as one byte each.
func (f *frames) header() {
	length, fds := int(f.word(0)), 0
	call, kind := Call{Program: f.word(1), Procedure: f.word(3)}, f.word(4)
	if kind == typeCallWithFDs {
		fds = int(f.word(7))
	}
	if call.Program != ProgramKeepAlive && (kind == typeCall || kind == typeCallWithFDs) {
		f.count(call)
	}
	f.skip = max(0, length+fds-len(f.pending))
	f.pending = f.pending[:0]
}
