//go:build !lab

package host_test

// rounds is how often a host is lost and comes back.
const rounds = 5
