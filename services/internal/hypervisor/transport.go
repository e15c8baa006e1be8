package hypervisor

import (
	"errors"
	"sync"
	"syscall"

	"libvirt.org/go/libvirt"
)

// HasLibSSH reports whether the installed libvirt knows the transport libssh. It
// tries it once, on a port where nothing listens.
var HasLibSSH = sync.OnceValue(func() bool {
	_, err := Open("qemu+libssh://127.0.0.1:1/system?known_hosts_verify=ignore", Options{})
	var f *failure
	if !errors.As(err, &f) {
		return err == nil
	}
	return f.errno != syscall.ENOSYS && f.code != libvirt.ERR_NO_SUPPORT && f.code != libvirt.ERR_INVALID_ARG
})
