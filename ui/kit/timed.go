package kit

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/virt/trace"
)

// timing says that a callback is being timed already. It belongs to the UI
// goroutine.
var timing bool

// timed begins to time a callback of ours on the UI goroutine; the function it
// returns writes a ui_callback line to the trace: name, us that passed, and
// cpu_us that the thread had the processor. What runs inside a timed callback is
// part of it. Without a trace both do nothing.
func timed(name string) (done func()) {
	if timing || !trace.On() {
		return func() {}
	}
	timing = true
	begun, used := time.Now(), threadTime()
	return func() {
		timing = false
		trace.Emit("ui_callback", "name", name, "us", time.Since(begun).Microseconds(), "cpu_us", (threadTime() - used).Microseconds())
	}
}

// threadTime is the processor time of the calling thread; Fyne's UI goroutine
// keeps to one.
func threadTime() time.Duration {
	var now unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now) // cannot fail for ourselves
	return time.Duration(now.Nano())
}
