//go:build !linux

package rfb

// adviseHuge is of Linux.
func adviseHuge([]byte) {}
