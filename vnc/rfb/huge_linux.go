package rfb

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const hugePage = 2 << 20

// adviseHuge asks the kernel for large pages below a picture: a screen of two
// thousand small ones costs as much to come into being as to be drawn.
func adviseHuge(pix []byte) {
	before := -uintptr(unsafe.Pointer(unsafe.SliceData(pix))) % hugePage
	if whole := (len(pix) - int(before)) / hugePage * hugePage; whole > 0 {
		_ = unix.Madvise(pix[before:int(before)+whole], unix.MADV_HUGEPAGE) // small ones do, too
	}
}
