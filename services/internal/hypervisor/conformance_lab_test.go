//go:build lab

package hypervisor_test

import (
	"os"
	"path/filepath"
	"testing"
)

// The host of KVM_LAB_URI may have VMs of its own; the suite leaves them alone,
// but wants their names unused, and a default network that is stopped.
func TestTheLabHostConforms(t *testing.T) {
	uri := os.Getenv("KVM_LAB_URI")
	if uri == "" {
		t.Skip("KVM_LAB_URI is not set")
	}
	conform(t, uri, suite{dir: filepath.Join(os.TempDir(), "kvm-manager-lab")})
}
