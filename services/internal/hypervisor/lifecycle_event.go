package hypervisor

import (
	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// news is what a lifecycle event says in our words.
type news struct {
	kind   virt.EventKind
	state  virt.VMState
	detail string
}

// lifecycle reads a virDomainEventLifecycle: its type gives kind and state, its
// detail the word for watchers.
func lifecycle(ev *libvirt.DomainEventLifecycle) news {
	n := events[ev.Event]
	if n.kind == "" {
		n = news{virt.VMChanged, virt.StateUnknown, "unknown"}
	}
	if word, known := details[ev.Event][ev.Detail]; known {
		n.detail = word
	}
	if ev.Event == libvirt.DOMAIN_EVENT_STOPPED && ev.Detail == int(libvirt.DOMAIN_EVENT_STOPPED_SAVED) {
		n.state = virt.StateSaved
	}
	return n
}

var events = map[libvirt.DomainEventType]news{
	libvirt.DOMAIN_EVENT_DEFINED:     {virt.VMDefined, "", "defined"},
	libvirt.DOMAIN_EVENT_UNDEFINED:   {virt.VMRemoved, "", "undefined"},
	libvirt.DOMAIN_EVENT_STARTED:     {virt.VMChanged, virt.StateRunning, "started"},
	libvirt.DOMAIN_EVENT_SUSPENDED:   {virt.VMChanged, virt.StatePaused, "suspended"},
	libvirt.DOMAIN_EVENT_RESUMED:     {virt.VMChanged, virt.StateRunning, "resumed"},
	libvirt.DOMAIN_EVENT_STOPPED:     {virt.VMChanged, virt.StateShutoff, "stopped"},
	libvirt.DOMAIN_EVENT_SHUTDOWN:    {virt.VMChanged, virt.StateShuttingDown, "shutdown"},
	libvirt.DOMAIN_EVENT_PMSUSPENDED: {virt.VMChanged, virt.StateSuspended, "pmsuspended"},
	libvirt.DOMAIN_EVENT_CRASHED:     {virt.VMChanged, virt.StateCrashed, "crashed"},
}

var details = map[libvirt.DomainEventType]map[int]string{
	libvirt.DOMAIN_EVENT_DEFINED: {
		int(libvirt.DOMAIN_EVENT_DEFINED_ADDED):         "added",
		int(libvirt.DOMAIN_EVENT_DEFINED_UPDATED):       "updated",
		int(libvirt.DOMAIN_EVENT_DEFINED_RENAMED):       "renamed",
		int(libvirt.DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT): "from-snapshot",
	},
	libvirt.DOMAIN_EVENT_UNDEFINED: {
		int(libvirt.DOMAIN_EVENT_UNDEFINED_REMOVED): "removed",
		int(libvirt.DOMAIN_EVENT_UNDEFINED_RENAMED): "renamed",
	},
	libvirt.DOMAIN_EVENT_STARTED: {
		int(libvirt.DOMAIN_EVENT_STARTED_BOOTED):        "booted",
		int(libvirt.DOMAIN_EVENT_STARTED_MIGRATED):      "migrated",
		int(libvirt.DOMAIN_EVENT_STARTED_RESTORED):      "restored",
		int(libvirt.DOMAIN_EVENT_STARTED_FROM_SNAPSHOT): "from-snapshot",
		int(libvirt.DOMAIN_EVENT_STARTED_WAKEUP):        "wakeup",
	},
	libvirt.DOMAIN_EVENT_SUSPENDED: {
		int(libvirt.DOMAIN_EVENT_SUSPENDED_PAUSED):          "paused",
		int(libvirt.DOMAIN_EVENT_SUSPENDED_MIGRATED):        "migrated",
		int(libvirt.DOMAIN_EVENT_SUSPENDED_IOERROR):         "ioerror",
		int(libvirt.DOMAIN_EVENT_SUSPENDED_WATCHDOG):        "watchdog",
		int(libvirt.DOMAIN_EVENT_SUSPENDED_RESTORED):        "restored",
		int(libvirt.DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT):   "from-snapshot",
		int(libvirt.DOMAIN_EVENT_SUSPENDED_API_ERROR):       "api-error",
		int(libvirt.DOMAIN_EVENT_SUSPENDED_POSTCOPY):        "postcopy",
		int(libvirt.DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED): "postcopy-failed",
	},
	libvirt.DOMAIN_EVENT_RESUMED: {
		int(libvirt.DOMAIN_EVENT_RESUMED_UNPAUSED):      "unpaused",
		int(libvirt.DOMAIN_EVENT_RESUMED_MIGRATED):      "migrated",
		int(libvirt.DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT): "from-snapshot",
		int(libvirt.DOMAIN_EVENT_RESUMED_POSTCOPY):      "postcopy",
	},
	libvirt.DOMAIN_EVENT_STOPPED: {
		int(libvirt.DOMAIN_EVENT_STOPPED_SHUTDOWN):      "shutdown",
		int(libvirt.DOMAIN_EVENT_STOPPED_DESTROYED):     "destroyed",
		int(libvirt.DOMAIN_EVENT_STOPPED_CRASHED):       "crashed",
		int(libvirt.DOMAIN_EVENT_STOPPED_MIGRATED):      "migrated",
		int(libvirt.DOMAIN_EVENT_STOPPED_SAVED):         "saved",
		int(libvirt.DOMAIN_EVENT_STOPPED_FAILED):        "failed",
		int(libvirt.DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT): "from-snapshot",
	},
	libvirt.DOMAIN_EVENT_SHUTDOWN: {
		int(libvirt.DOMAIN_EVENT_SHUTDOWN_FINISHED): "finished",
		int(libvirt.DOMAIN_EVENT_SHUTDOWN_GUEST):    "guest",
		int(libvirt.DOMAIN_EVENT_SHUTDOWN_HOST):     "host",
	},
	libvirt.DOMAIN_EVENT_PMSUSPENDED: {
		int(libvirt.DOMAIN_EVENT_PMSUSPENDED_MEMORY): "memory",
		int(libvirt.DOMAIN_EVENT_PMSUSPENDED_DISK):   "disk",
	},
	libvirt.DOMAIN_EVENT_CRASHED: {
		int(libvirt.DOMAIN_EVENT_CRASHED_PANICKED):    "panicked",
		int(libvirt.DOMAIN_EVENT_CRASHED_CRASHLOADED): "crashloaded",
	},
}
