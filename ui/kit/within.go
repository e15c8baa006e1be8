package kit

import "time"

// Within runs fn and waits for it, but no longer than limit. It says whether fn
// has ended; else fn is left behind. It is for the end of the program, when a
// daemon that hangs must not keep the window from closing.
func Within(limit time.Duration, fn func()) (ended bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn()
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}
