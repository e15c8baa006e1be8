package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// viewerType is the media type of what ViewerFile returns.
const viewerType = "application/x-virt-viewer"

// ErrNoViewer says that no program of this computer opens what ViewerFile
// returns. The error that wraps it has the package's name in its hint.
var ErrNoViewer = errors.New("no other viewer for screens is installed")

// ViewerFile returns a connection file for another viewer of the VM's screen, as
// remote-viewer(1) of virt-viewer reads it: where the screen is served and what
// it is called, never its password. The viewer deletes the file once it was read.
func (s *Service) ViewerFile(ctx context.Context, vm virt.Ref) ([]byte, error) {
	screen, err := s.Address(ctx, vm)
	if err != nil {
		return nil, err
	}
	return host.Read(ctx, s.hosts, virt.OpenConsole, vm.Host, func(c *hypervisor.Conn) ([]byte, error) {
		remote, err := serverOf(c)
		if err != nil {
			return nil, err
		}
		return viewerFile(vm, screen, remote)
	})
}

// OpenViewer opens the VM's screen in the viewer of the person who runs this
// program: remote-viewer, else what the desktop has for such files. It returns
// as soon as the viewer was started; none installed is ErrNoViewer.
func (s *Service) OpenViewer(ctx context.Context, vm virt.Ref) error {
	text, err := s.ViewerFile(ctx, vm)
	if err != nil {
		return err
	}
	program, err := viewer(ctx)
	if err != nil {
		return err
	}
	path, err := s.keepViewerFile(text)
	if err != nil {
		return err
	}
	start := exec.CommandContext(ctx, "setsid", "--fork", program, path) // an argument vector; the viewer outlives us
	if err := start.Run(); err != nil {
		return errors.Join(virt.Errorf(virt.KindUnavailable, "start %s: %w", program, err), os.Remove(path))
	}
	return nil
}

// viewer returns the program that opens connection files.
func viewer(ctx context.Context) (string, error) {
	if program, err := exec.LookPath("remote-viewer"); err == nil {
		return program, nil
	}
	if opener, err := exec.LookPath("xdg-open"); err == nil {
		known, err := exec.CommandContext(ctx, "xdg-mime", "query", "default", viewerType).Output()
		if err == nil && len(bytes.TrimSpace(known)) > 0 {
			return opener, nil
		}
	}
	return "", virt.Errorf(virt.KindUnavailable, "%w", ErrNoViewer).WithHint("Install the package virt-viewer.")
}

// keepViewerFile writes the file where only its owner can read it.
func (s *Service) keepViewerFile(text []byte) (string, error) {
	if err := (storage.Dirs{Runtime: s.dirs.Runtime}).MakeRuntime(); err != nil {
		return "", err
	}
	file, err := os.CreateTemp(s.dirs.Runtime, "screen-*.vv")
	if err != nil {
		return "", virt.Errorf(virt.KindUnavailable, "write for the viewer: %w", err)
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(virt.Errorf(virt.KindNoSpace, "write for the viewer: %w", err), os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// serverOf returns the name of the computer that the hypervisor runs on; empty
// for this one.
func serverOf(c *hypervisor.Conn) (string, error) {
	if c.Local() {
		return "", nil
	}
	u, err := url.Parse(c.URI())
	if err != nil {
		return "", virt.Errorf(virt.KindInternal, "read the address of the host: %w", err)
	}
	return u.Hostname(), nil
}

// viewerFile writes the key file (GLib's format). server is the computer that
// serves the screen, empty for this one.
func viewerFile(vm virt.Ref, screen virt.Graphics, server string) ([]byte, error) {
	reachable := screen.Socket != "" || screen.Port > 0
	address := screen.Listen
	ip := net.ParseIP(address)
	switch {
	case address == "" || ip != nil && ip.IsUnspecified(): // served on all addresses
		address = server
		if server == "" {
			address = "localhost"
		}
	case server != "" && (address == "localhost" || ip != nil && ip.IsLoopback()):
		reachable = false
	}
	if !reachable || server != "" && screen.Socket != "" {
		return nil, virt.Errorf(virt.KindUnsupported, "the screen of %s is not served where other programs can reach it", vm).
			WithHint("Use the console of this program.")
	}
	lines := []string{"[virt-viewer]", "type=" + screen.Type}
	if screen.Socket != "" {
		lines = append(lines, "unix-path="+keyValue(screen.Socket))
	} else {
		lines = append(lines, "host="+keyValue(address), fmt.Sprintf("port=%d", screen.Port))
	}
	lines = append(lines, "title="+keyValue(vm.Name), "delete-this-file=1", "")
	return []byte(strings.Join(lines, "\n")), nil
}

// keyValue escapes a value as GLib's key files want it.
func keyValue(text string) string {
	text = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text)
	if rest, spaced := strings.CutPrefix(text, " "); spaced {
		return `\s` + rest
	}
	return text
}
