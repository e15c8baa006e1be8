package hypervisor

import (
	"sync"
	"time"

	"libvirt.org/go/libvirt"
)

// startLoop registers libvirt's event loop and runs it for the rest of the
// process: one loop serves all connections and cannot be taken back. It MUST
// come before the first connection.
var startLoop = sync.OnceValue(func() error {
	if err := libvirt.EventRegisterDefaultImpl(); err != nil {
		return missingLibrary(err)
	}
	go runLoop()
	return nil
})

// runLoop never ends. An iteration fails only when poll(2) does; the pause keeps
// a lasting failure from eating a processor.
func runLoop() {
	for {
		if libvirt.EventRunDefaultImpl() != nil {
			time.Sleep(100 * time.Millisecond)
		}
	}
}
