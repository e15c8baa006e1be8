package hypervisor

import (
	"crypto/rand"
	"fmt"
)

// NewUUID returns a random UUID (RFC 9562, version 4). What is made is given one
// beforehand, so that it can be told from foreign things after an interruption.
func NewUUID() string {
	var u [16]byte
	rand.Read(u[:]) //nolint:errcheck // never fails, by its contract
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
