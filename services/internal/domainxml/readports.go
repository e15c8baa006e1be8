package domainxml

import (
	"cmp"
	"strconv"

	"libvirt.org/go/libvirtxml"
)

// A Port is one that a terminal may be connected to: a serial port, or a console
// of another kind.
type Port struct {
	Device string // the alias by which libvirt knows it while the VM runs
	Serial bool   // a serial port; else a console, of virtio nearly always
	Number int    // among those of its kind, from 0
	Type   string // of the host's end: pty, unix, tcp, file, …
	Path   string // of the host's end, or HOST:PORT
}

// readPorts returns serial ports before consoles. A console that is but another
// name of the first serial port is left out.
func readPorts(d *libvirtxml.DomainDeviceList) []Port {
	ports := make([]Port, 0, len(d.Serials))
	for i := range d.Serials {
		serial := readSerial(i, &d.Serials[i])
		port := Port{Device: "serial" + strconv.Itoa(i), Serial: true, Number: serial.Port, Type: serial.Type}
		if s := &d.Serials[i]; s.Alias != nil {
			port.Device = cmp.Or(s.Alias.Name, port.Device)
		}
		if source := d.Serials[i].Source; source != nil {
			port.Path = chardevPath(source)
		}
		ports = append(ports, port)
	}
	consoles := 0
	for i := range d.Consoles {
		c := &d.Consoles[i]
		if c.Target != nil && c.Target.Type == "serial" {
			continue
		}
		port := Port{Device: "console" + strconv.Itoa(i), Number: consoles}
		consoles++
		if c.Alias != nil {
			port.Device = cmp.Or(c.Alias.Name, port.Device)
		}
		if c.Source != nil {
			port.Type, port.Path = chardevType(c.Source), chardevPath(c.Source)
		}
		ports = append(ports, port)
	}
	return ports
}
