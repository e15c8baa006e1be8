package hypervisor

import (
	"encoding/xml"
	"errors"
	"io/fs"
	"os"
	"strings"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// withDomain looks a domain up by UUID, hands its handle to f and frees it. The
// call counts and is traced as one, under the name of what f calls.
func (c *Conn) withDomain(name, id string, f func(*libvirt.Domain) error) error {
	defer c.nextTurn()
	return c.call(name, func() error {
		d, err := c.conn.LookupDomainByUUIDString(id)
		if err != nil {
			return err
		}
		defer func() { _ = d.Free() }()
		return translate(f(d)) // here, for Free forgets the error's details
	})
}

// madeDomain returns the Ref of a handle that a call made, and frees it.
func (c *Conn) madeDomain(name string, f func() (*libvirt.Domain, error)) (virt.Ref, error) {
	defer c.nextTurn()
	return value(c, name, func() (virt.Ref, error) {
		d, err := f()
		if err != nil {
			return virt.Ref{}, err
		}
		defer func() { _ = d.Free() }()
		ref := vmRef(d)
		ref.Host = c.host
		return ref, nil
	})
}

// LookupVM returns the VM that a person named: by name, by uuid:UUID, or by a
// bare UUID when no VM has it for a name.
func (c *Conn) LookupVM(nameOrUUID string) (virt.Ref, error) {
	if id, isID := strings.CutPrefix(nameOrUUID, "uuid:"); isID {
		return c.lookupID(id)
	}
	ref, err := c.madeDomain("virDomainLookupByName", func() (*libvirt.Domain, error) { return c.conn.LookupDomainByName(nameOrUUID) })
	if errors.Is(err, virt.ErrNotFound) && isUUID(nameOrUUID) {
		return c.lookupID(nameOrUUID)
	}
	return ref, err
}

func (c *Conn) lookupID(id string) (virt.Ref, error) {
	return c.madeDomain("virDomainLookupByUUIDString", func() (*libvirt.Domain, error) { return c.conn.LookupDomainByUUIDString(id) })
}

// isUUID reports whether s has the form of a UUID: 32 hexadecimal digits, with
// hyphens anywhere or none, as libvirt reads them.
func isUUID(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r == '-':
		case strings.ContainsRune("0123456789abcdefABCDEF", r):
			digits++
		default:
			return false
		}
	}
	return digits == 32
}

// DomainXML returns the VM's document (virDomainGetXMLDesc): of the running VM,
// or with inactive the stored one. Passwords are in it only with secure.
func (c *Conn) DomainXML(id string, inactive, secure bool) (text string, err error) {
	err = c.withDomain("virDomainGetXMLDesc", id, func(d *libvirt.Domain) error {
		text, err = d.GetXMLDesc(xmlFlags(inactive, secure))
		return err
	})
	return text, err
}

func xmlFlags(inactive, secure bool) libvirt.DomainXMLFlags {
	var flags libvirt.DomainXMLFlags
	if inactive {
		flags |= libvirt.DOMAIN_XML_INACTIVE
	}
	if secure {
		flags |= libvirt.DOMAIN_XML_SECURE
	}
	return flags
}

// EachXML calls f with the document of every VM, in one RPC a VM and one more:
// half of what DomainXML takes. A VM that goes away meanwhile is left out. The
// documents are those of DomainXML with inactive and secure false.
func (c *Conn) EachXML(f func(id, text string)) error {
	return c.eachDomain(func(d *libvirt.Domain) error {
		text, err := d.GetXMLDesc(0)
		if err == nil {
			f(vmRef(d).ID, text)
		}
		return err
	})
}

// EachDefinition is EachXML with the stored document beside the running one of
// every VM that is on: whatever the VM has, or will have when it starts the next
// time. It takes another RPC for each of those.
func (c *Conn) EachDefinition(f func(vm virt.Ref, text string)) error {
	return c.eachDomain(func(d *libvirt.Domain) error {
		text, err := d.GetXMLDesc(0)
		if err != nil {
			return err
		}
		vm := vmRef(d)
		vm.Host = c.host
		f(vm, text)
		if _, err := d.GetID(); err != nil { // the list said that it is off
			return nil
		}
		if text, err = d.GetXMLDesc(libvirt.DOMAIN_XML_INACTIVE); err == nil {
			f(vm, text)
		}
		return err
	})
}

func (c *Conn) eachDomain(f func(*libvirt.Domain) error) error {
	return c.call("virDomainGetXMLDesc", func() error {
		return each(func() ([]libvirt.Domain, error) { return c.conn.ListAllDomains(0) }, libvirt.ERR_NO_DOMAIN, f)
	})
}

// DefineDomain stores a definition (virDomainDefineXML), over the VM of the same
// name and UUID if there is one. A name or UUID that is another VM's is
// virt.ErrExists.
func (c *Conn) DefineDomain(text string) (virt.Ref, error) {
	ref, err := c.madeDomain("virDomainDefineXML", func() (*libvirt.Domain, error) { return c.conn.DomainDefineXML(text) })
	return ref, c.refusedDocument(err, text, false)
}

// DefineChecked is DefineDomain of a document that a person wrote: elements that
// libvirt does not know are virt.ErrInvalid instead of being left out
// (VIR_DOMAIN_DEFINE_VALIDATE).
func (c *Conn) DefineChecked(text string) (virt.Ref, error) {
	ref, err := c.madeDomain("virDomainDefineXMLFlags", func() (*libvirt.Domain, error) {
		return c.conn.DomainDefineXMLFlags(text, libvirt.DOMAIN_DEFINE_VALIDATE)
	})
	return ref, c.refusedDocument(err, text, false)
}

// CheckDomain asks the driver whether it could run a VM of the document, and
// makes nothing (virConnectDomainXMLToNative): files need not exist yet, but
// pools and volumes that the document names must. virt.ErrUnsupported by drivers
// without a command line.
func (c *Conn) CheckDomain(text string) error {
	_, err := value(c, "virConnectDomainXMLToNative", func() (string, error) { return c.conn.DomainXMLToNative("qemu-argv", text, 0) })
	return err
}

// CreateTransient starts a VM that is gone when it stops (virDomainCreateXML).
// A name or UUID that is taken is virt.ErrExists.
func (c *Conn) CreateTransient(text string) (virt.Ref, error) {
	ref, err := c.madeDomain("virDomainCreateXML", func() (*libvirt.Domain, error) { return c.conn.DomainCreateXML(text, 0) })
	return ref, c.refusedDocument(err, text, true)
}

// refusedDocument explains why libvirt took no domain from a document.
func (c *Conn) refusedDocument(err error, text string, byAny bool) error {
	err = explained(err, virt.KindExists, func() bool { return c.taken(text, byAny) })
	return c.withoutKVM(err, func() (string, error) { return text, nil })
}

// withoutKVM adds what helps to a failure on this computer when the domain asks
// for KVM, which the computer does not offer.
func (c *Conn) withoutKVM(err error, document func() (string, error)) error {
	if err == nil || !c.local || !vague(err) {
		return err
	}
	if _, statErr := os.Stat("/dev/kvm"); !errors.Is(statErr, fs.ErrNotExist) {
		return err
	}
	var doc struct {
		Type string `xml:"type,attr"`
	}
	text, readErr := document()
	if readErr != nil || xml.Unmarshal([]byte(text), &doc) != nil || doc.Type != "kvm" {
		return err
	}
	return &virt.Error{Kind: virt.KindUnsupported, Err: err, Hint: hintKVM}
}

// taken reports whether the name or UUID in a document belongs to another VM
// already; with byAny, whether it belongs to any at all. libvirt refuses such a
// document with codes that say less.
func (c *Conn) taken(text string, byAny bool) bool {
	var doc struct {
		Name string `xml:"name"`
		UUID string `xml:"uuid"`
	}
	if xml.Unmarshal([]byte(text), &doc) != nil {
		return false
	}
	wanted := strings.ToLower(strings.TrimSpace(doc.UUID))
	if byName, err := c.madeDomain("virDomainLookupByName", func() (*libvirt.Domain, error) { return c.conn.LookupDomainByName(doc.Name) }); err == nil {
		return byAny || byName.ID != wanted
	}
	if wanted == "" {
		return false
	}
	byID, err := c.lookupID(wanted)
	return err == nil && (byAny || byID.Name != doc.Name)
}

// UndefineOptions say what outlives a definition.
type UndefineOptions struct {
	KeepNVRAM bool // the UEFI variables
	KeepTPM   bool // the TPM's state
}

// Undefine removes a VM's definition with its saved memory image, the metadata
// of its snapshots and checkpoints, UEFI variables and TPM state
// (virDomainUndefineFlags). Older drivers know fewer of these; they are asked
// for what they know. A running VM becomes transient.
func (c *Conn) Undefine(id string, o UndefineOptions) error {
	return c.withDomain("virDomainUndefineFlags", id, func(d *libvirt.Domain) error {
		var err error
		for _, flags := range undefineFlags(o) {
			if err = translate(d.UndefineFlags(flags)); !unknownFlags(err) {
				return err
			}
		}
		return err
	})
}

// undefineFlags are the flags to try, the fullest set first.
func undefineFlags(o UndefineOptions) []libvirt.DomainUndefineFlagsValues {
	basic := libvirt.DOMAIN_UNDEFINE_MANAGED_SAVE | libvirt.DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
	full := basic | libvirt.DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
	nvram, tpm := libvirt.DOMAIN_UNDEFINE_NVRAM, libvirt.DOMAIN_UNDEFINE_TPM
	if o.KeepNVRAM {
		nvram = libvirt.DOMAIN_UNDEFINE_KEEP_NVRAM
	}
	if o.KeepTPM {
		tpm = libvirt.DOMAIN_UNDEFINE_KEEP_TPM
	}
	return []libvirt.DomainUndefineFlagsValues{full | nvram | tpm, full | nvram, full, basic, 0}
}

// unknownFlags reports whether a driver refused flags that it does not know.
func unknownFlags(err error) bool {
	return errors.Is(err, virt.ErrUnsupported) || errors.Is(err, virt.ErrInvalid)
}

// Snapshots returns how many snapshots the VM has (virDomainSnapshotNum).
func (c *Conn) Snapshots(id string) (n int, err error) {
	err = c.withDomain("virDomainSnapshotNum", id, func(d *libvirt.Domain) error {
		n, err = d.SnapshotNum(0)
		return err
	})
	return n, err
}

// Addresses returns what is known of the guest's addresses from one source:
// lease, agent or arp (virDomainInterfaceAddresses).
func (c *Conn) Addresses(id, source string) ([]virt.Address, error) {
	from, known := addressSources[source]
	if !known {
		return nil, virt.Errorf(virt.KindInvalid, "%q is not a source of addresses", source)
	}
	out := []virt.Address{}
	err := c.withDomain("virDomainInterfaceAddresses", id, func(d *libvirt.Domain) error {
		nics, err := d.ListAllInterfaceAddresses(from)
		if err != nil {
			return err
		}
		for _, nic := range nics {
			for _, a := range nic.Addrs {
				out = append(out, virt.Address{IP: a.Addr, Prefix: a.Prefix, MAC: nic.Hwaddr, Source: source})
			}
		}
		return nil
	})
	return out, err
}

var addressSources = map[string]libvirt.DomainInterfaceAddressesSource{
	"lease": libvirt.DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE,
	"agent": libvirt.DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT,
	"arp":   libvirt.DOMAIN_INTERFACE_ADDRESSES_SRC_ARP,
}

// BlockInfo returns the size of a VM's disk and what it takes on the host, in
// bytes; the disk is named by target or path (virDomainGetBlockInfo).
func (c *Conn) BlockInfo(id, target string) (capacity, allocation uint64, err error) {
	err = c.withDomain("virDomainGetBlockInfo", id, func(d *libvirt.Domain) error {
		info, err := d.GetBlockInfo(target, 0)
		if err != nil {
			return err
		}
		capacity, allocation = info.Capacity, info.Allocation
		return nil
	})
	return capacity, allocation, err
}
