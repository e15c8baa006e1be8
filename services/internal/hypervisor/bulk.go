package hypervisor

// #cgo LDFLAGS: -ldl -lpthread
// #include "bulk.h"
import "C"

import (
	"fmt"
	"syscall"
	"time"
	"unsafe"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A record is what virConnectGetAllDomainStats says of one domain. Figures that
// it does not say are -1.
type record struct {
	id, name      string
	state, reason int
	cpu, vcpuTime time.Duration // of the whole process, or summed over the vCPUs
	vcpus         int64

	balloon, balloonMax         int64 // KiB
	available, unused, usable   int64 // KiB, in the guest's own words
	diskRead, diskWrite         int64 // bytes
	diskOps                     int64
	nicReceived, nicTransmitted int64 // bytes
}

// bulk calls virConnectGetAllDomainStats, which is one RPC whatever the number
// of domains. The binding's own function must not be used: it sends one more
// RPC for each domain.
func (c *Conn) bulk(groups libvirt.DomainStatsTypes, flags libvirt.ConnectGetAllDomainStatsFlags) ([]record, error) {
	return value(c, "virConnectGetAllDomainStats", func() ([]record, error) {
		raw, err := c.conn.RawPtr()
		if err != nil {
			return nil, err
		}
		defer func() { _, _ = libvirt.CloseRawPtr(raw) }()

		var domains *C.kvmDomain
		var said C.kvmError
		n := C.kvmAllDomains(unsafe.Pointer(raw), C.uint(groups), C.uint(flags), &domains, &said)
		if n < 0 {
			return nil, saidError(&said)
		}
		defer C.kvmFree(domains, n)
		records := make([]record, 0, int(n))
		for _, d := range unsafe.Slice(domains, int(n)) {
			records = append(records, readRecord(&d))
		}
		return records, nil
	})
}

func readRecord(d *C.kvmDomain) record {
	id := C.GoBytes(unsafe.Pointer(&d.uuid), 16)
	return record{
		id:    fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]),
		name:  C.GoString(d.name),
		state: int(d.state), reason: int(d.reason),
		cpu: time.Duration(d.cpuTime), vcpuTime: time.Duration(d.vcpuTime), vcpus: int64(d.vcpus),
		balloon: int64(d.balloonCurrent), balloonMax: int64(d.balloonMaximum),
		available: int64(d.available), unused: int64(d.unused), usable: int64(d.usable),
		diskRead: int64(d.diskRead), diskWrite: int64(d.diskWrite), diskOps: int64(d.diskOps),
		nicReceived: int64(d.nicRx), nicTransmitted: int64(d.nicTx),
	}
}

func saidError(e *C.kvmError) error {
	f := &failure{
		code: libvirt.ErrorNumber(e.code), domain: libvirt.ErrorDomain(e.domain),
		message: C.GoString(&e.message[0]),
	}
	if f.code == libvirt.ERR_SYSTEM_ERROR {
		f.errno = syscall.Errno(e.errnum)
	}
	return &virt.Error{Kind: f.kind(), Err: f}
}

// lastErrno is the errno in the last libvirt error of this thread.
func lastErrno() syscall.Errno { return syscall.Errno(C.kvmLastErrno()) }
