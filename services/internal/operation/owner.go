package operation

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/storage"
)

// self is this process as the owner of its operations. Where /proc cannot be
// read the figures are zero, for the reader as for the writer.
func self() storage.Owner {
	pid := os.Getpid()
	start, _, _ := processStart(pid)
	return storage.Owner{PID: pid, Start: start, Boot: bootID() + " " + pidNamespace()}
}

// pidNamespace names the space in which a process number means something:
// sandboxes have their own.
func pidNamespace() string {
	name, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return name
}

func bootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(id))
}

// alive reports whether the owner still runs. In doubt it does: what is
// wrongly left alone can be recovered later, what is wrongly undone is lost.
func alive(owner storage.Owner) bool {
	boot, namespace, _ := strings.Cut(owner.Boot, " ")
	if boot != bootID() {
		return false
	}
	if namespace != pidNamespace() {
		return true
	}
	if errors.Is(unix.Kill(owner.PID, 0), unix.ESRCH) {
		return false
	}
	start, zombie, err := processStart(owner.PID)
	if err != nil {
		return true // it exists, but hides
	}
	return !zombie && start == owner.Start
}

// processStart reads when a process began, in clock ticks since boot, and
// whether it is dead but not yet reaped (proc(5), fields 22 and 3 of stat).
func processStart(pid int) (start uint64, zombie bool, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false, err
	}
	// The second field is the program's name in brackets and may hold anything.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	const state, startTime = 0, 19 // fields 3 and 22, the first two being cut off
	if len(fields) <= startTime {
		return 0, false, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	start, err = strconv.ParseUint(string(fields[startTime]), 10, 64)
	zombie = bytes.ContainsAny(fields[state], "ZX")
	return start, zombie, err
}
