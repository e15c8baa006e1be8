package virttest

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/services/internal/tiny"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Tiny returns the files of the tiny Linux machine, kernel and RAM disk, for
// tests that boot it by themselves, and a kernel command line for it.
func Tiny(t testing.TB) (kernel, initrd, cmdline string) {
	t.Helper()
	image, err := tiny.Build(t.Context(), tiny.Options{CacheDir: storage.DefaultDirs().Cache})
	if err != nil {
		t.Fatal(err)
	}
	return image.KernelPath, image.InitrdPath, tiny.Cmdline("guest")
}

// TinyReady is what the tiny machine says on its serial port when it takes
// commands there.
const TinyReady = tiny.Ready
