package domainxml

import (
	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// spicePort is the port at which a guest's SPICE agent listens, whoever speaks at
// its other end.
const spicePort = "com.redhat.spice.0"

// vdagent is the host's end that shares text with a VNC screen.
const vdagent = "qemu-vdagent"

// SharesClipboard says whether machines of that kind may have the channel by which
// VNC shares text. Not every libvirt that has it lists it. A QEMU that is new
// enough, by its release, was built with it where it was built with SPICE: it needs
// the same agent's protocol.
func SharesClipboard(caps *libvirtxml.DomainCapsDevices, newEnough bool) bool {
	if caps == nil {
		return false
	}
	listed := offers(caps.Channel, "type")
	return best(listed, vdagent) != "" || newEnough && best(listed, "spicevmc") != ""
}

// ClipboardChannel is the document of that channel.
func ClipboardChannel() (string, error) {
	channel := clipboardChannel()
	text, err := channel.Marshal()
	if err != nil {
		return "", virt.Errorf(virt.KindInternal, "write the channel: %w", err)
	}
	return text, nil
}

func clipboardChannel() libvirtxml.DomainChannel {
	clipboard := &libvirtxml.DomainChardevSourceQEMUVDAgentClipBoard{CopyPaste: "yes"}
	return libvirtxml.DomainChannel{
		Source: &libvirtxml.DomainChardevSource{QEMUVDAgent: &libvirtxml.DomainChardevSourceQEMUVDAgent{ClipBoard: clipboard}},
		Target: &libvirtxml.DomainChannelTarget{VirtIO: &libvirtxml.DomainChannelTargetVirtIO{Name: spicePort}},
	}
}

// readAgent finds out who speaks with the guest's SPICE agent.
func (f *Facts) readAgent(channels []libvirtxml.DomainChannel) {
	for _, c := range channels {
		if c.Target == nil || c.Target.VirtIO == nil || c.Target.VirtIO.Name != spicePort {
			continue
		}
		f.Agent = "null"
		if c.Source != nil {
			f.Agent = chardevType(c.Source)
			agent := c.Source.QEMUVDAgent
			f.Clipboard = agent != nil && agent.ClipBoard != nil && agent.ClipBoard.CopyPaste == "yes"
		}
	}
}
