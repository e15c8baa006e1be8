package domainxml

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func (f *Facts) readDevices(d *libvirtxml.DomainDeviceList) {
	f.Disks = make([]virt.Disk, 0, len(d.Disks))
	for i := range d.Disks {
		f.Disks = append(f.Disks, readDisk(&d.Disks[i]))
	}
	f.NICs = make([]virt.NIC, 0, len(d.Interfaces))
	for i := range d.Interfaces {
		f.NICs = append(f.NICs, readNIC(&d.Interfaces[i]))
	}
	f.Graphics = make([]virt.Graphics, 0, len(d.Graphics))
	for i := range d.Graphics {
		g := readGraphics(&d.Graphics[i])
		g.Sound = hasBackend(d, d.Graphics[i].Audio)
		f.Graphics = append(f.Graphics, g)
	}
	f.Serials = make([]virt.Serial, 0, len(d.Serials))
	for i := range d.Serials {
		f.Serials = append(f.Serials, readSerial(i, &d.Serials[i]))
	}
	f.Ports = readPorts(d)
	if len(d.Videos) > 0 {
		f.Video = d.Videos[0].Model.Type
	}
	if len(d.Sounds) > 0 {
		f.Sound = d.Sounds[0].Model
	}
	f.TPM = len(d.TPMs) > 0
	f.readAgent(d.Channels)
}

// hasBackend says whether a screen sends the sound of one of the machine's
// backends.
func hasBackend(d *libvirtxml.DomainDeviceList, of *libvirtxml.DomainGraphicAudio) bool {
	return of != nil && slices.ContainsFunc(d.Audios, func(a libvirtxml.DomainAudio) bool { return a.ID == int(of.ID) }) // a small number
}

func readDisk(d *libvirtxml.DomainDisk) virt.Disk {
	disk := virt.Disk{
		Device:    cmp.Or(d.Device, "disk"),
		ReadOnly:  d.ReadOnly != nil,
		Shareable: d.Shareable != nil,
	}
	if d.Target != nil {
		disk.Target, disk.Bus = d.Target.Dev, d.Target.Bus
	}
	if d.Driver != nil {
		disk.Format = d.Driver.Type
	}
	if d.Source == nil {
		return disk
	}
	switch s := d.Source; {
	case s.File != nil:
		disk.Path = s.File.File
	case s.Block != nil:
		disk.Path = s.Block.Dev
	case s.Dir != nil:
		disk.Path = s.Dir.Dir
	case s.Volume != nil:
		disk.Pool, disk.Volume = s.Volume.Pool, s.Volume.Volume
	case s.Network != nil:
		disk.Path = networkDisk(s.Network)
	}
	return disk
}

// networkDisk writes a network disk's place as a URL.
func networkDisk(s *libvirtxml.DomainDiskSourceNetwork) string {
	host := ""
	if len(s.Hosts) > 0 {
		host = s.Hosts[0].Name
		if s.Hosts[0].Port != "" {
			host += ":" + s.Hosts[0].Port
		}
	}
	return fmt.Sprintf("%s://%s/%s", s.Protocol, host, strings.TrimPrefix(s.Name, "/"))
}

func readNIC(d *libvirtxml.DomainInterface) virt.NIC {
	nic := virt.NIC{LinkUp: d.Link == nil || d.Link.State != "down"}
	if d.MAC != nil {
		nic.MAC = d.MAC.Address
	}
	if d.Model != nil {
		nic.Model = d.Model.Type
	}
	if d.Target != nil {
		nic.Target = d.Target.Dev
	}
	if d.Source != nil {
		nic.Type, nic.Source = nicSource(d.Source)
	}
	return nic
}

func nicSource(s *libvirtxml.DomainInterfaceSource) (kind, name string) {
	switch {
	case s.Network != nil:
		return "network", s.Network.Network
	case s.Bridge != nil:
		return "bridge", s.Bridge.Bridge
	case s.Direct != nil:
		return "direct", s.Direct.Dev
	case s.User != nil:
		return "user", s.User.Dev
	case s.Ethernet != nil:
		return "ethernet", ""
	case s.VDPA != nil:
		return "vdpa", s.VDPA.Device
	case s.VHostUser != nil && s.VHostUser.Chardev != nil:
		return "vhostuser", chardevPath(s.VHostUser.Chardev)
	case s.Hostdev != nil:
		return "hostdev", ""
	case s.Internal != nil:
		return "internal", s.Internal.Name
	case s.Server != nil:
		return "server", s.Server.Address
	case s.Client != nil:
		return "client", s.Client.Address
	case s.MCast != nil:
		return "mcast", s.MCast.Address
	case s.UDP != nil:
		return "udp", s.UDP.Address
	case s.VDS != nil:
		return "vds", ""
	default:
		return "null", ""
	}
}

func readGraphics(d *libvirtxml.DomainGraphic) virt.Graphics {
	switch {
	case d.VNC != nil:
		g := listening("vnc", d.VNC.Port, d.VNC.Listen, d.VNC.Listeners)
		g.Socket = cmp.Or(g.Socket, d.VNC.Socket)
		g.Password = d.VNC.Passwd != ""
		return g
	case d.Spice != nil:
		g := listening("spice", cmp.Or(max(0, d.Spice.Port), d.Spice.TLSPort), d.Spice.Listen, d.Spice.Listeners)
		g.Password = d.Spice.Passwd != ""
		return g
	case d.RDP != nil:
		g := listening("rdp", d.RDP.Port, d.RDP.Listen, d.RDP.Listeners)
		g.Password = d.RDP.Passwd != ""
		return g
	case d.SDL != nil:
		return virt.Graphics{Type: "sdl"}
	case d.EGLHeadless != nil:
		return virt.Graphics{Type: "egl-headless"}
	case d.DBus != nil:
		return virt.Graphics{Type: "dbus"}
	case d.Desktop != nil:
		return virt.Graphics{Type: "desktop"}
	default:
		return virt.Graphics{}
	}
}

// listening fills in where a screen server listens. A port that is chosen when
// the VM starts is 0 until then.
func listening(kind string, port int, listen string, listeners []libvirtxml.DomainGraphicListener) virt.Graphics {
	g := virt.Graphics{Type: kind, Port: max(0, port), Listen: listen}
	for _, l := range listeners {
		switch {
		case l.Address != nil:
			g.Listen = cmp.Or(g.Listen, l.Address.Address)
		case l.Network != nil:
			g.Listen = cmp.Or(g.Listen, l.Network.Address)
		case l.Socket != nil:
			g.Socket = cmp.Or(g.Socket, l.Socket.Socket)
		}
	}
	return g
}

func readSerial(index int, d *libvirtxml.DomainSerial) virt.Serial {
	s := virt.Serial{Port: index}
	if d.Target != nil && d.Target.Port != nil {
		s.Port = int(*d.Target.Port)
	}
	if d.Source != nil {
		s.Type, s.Path = chardevType(d.Source), chardevPath(d.Source)
	}
	if s.Path == "" && d.Alias != nil {
		s.Path = d.Alias.Name
	}
	return s
}

func chardevType(s *libvirtxml.DomainChardevSource) string {
	switch {
	case s.Pty != nil:
		return "pty"
	case s.File != nil:
		return "file"
	case s.UNIX != nil:
		return "unix"
	case s.TCP != nil:
		return "tcp"
	case s.UDP != nil:
		return "udp"
	case s.Dev != nil:
		return "dev"
	case s.Pipe != nil:
		return "pipe"
	case s.StdIO != nil:
		return "stdio"
	case s.VC != nil:
		return "vc"
	case s.NMDM != nil:
		return "nmdm"
	case s.SpicePort != nil:
		return "spiceport"
	case s.SpiceVMC != nil:
		return "spicevmc"
	case s.QEMUVDAgent != nil:
		return "qemu-vdagent"
	case s.DBus != nil:
		return "dbus"
	default:
		return "null"
	}
}

// chardevPath is where the host's end is: a file, a socket, a terminal, or
// HOST:PORT.
func chardevPath(s *libvirtxml.DomainChardevSource) string {
	switch {
	case s.Pty != nil:
		return s.Pty.Path
	case s.File != nil:
		return s.File.Path
	case s.UNIX != nil:
		return s.UNIX.Path
	case s.TCP != nil:
		return s.TCP.Host + ":" + s.TCP.Service
	case s.UDP != nil:
		return s.UDP.ConnectHost + ":" + s.UDP.ConnectService
	case s.Dev != nil:
		return s.Dev.Path
	case s.Pipe != nil:
		return s.Pipe.Path
	case s.NMDM != nil:
		return s.NMDM.Master
	default:
		return ""
	}
}
