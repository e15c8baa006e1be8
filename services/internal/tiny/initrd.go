package tiny

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// A node is a file, directory, link or device of the RAM disk.
type node struct {
	name  string // without leading slash
	mode  uint32 // type and permissions (stat(2))
	data  []byte // a file's content, a link's target
	major uint32
	minor uint32
}

// Types of nodes (stat(2)).
const (
	typeMask = 0o170000
	typeChar = 0o020000
	typeDir  = 0o040000
	typeFile = 0o100000
	typeLink = 0o120000
)

// buildInitrd returns the machine's RAM disk, compressed. Equal input gives
// equal bytes.
func buildInitrd(busybox []byte, modules []module) ([]byte, error) {
	nodes := append(rootTree(busybox), moduleNodes(modules)...)
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := writeCPIO(z, nodes); err != nil {
		return nil, err
	}
	err = z.Close()
	return out.Bytes(), err
}

// writeCPIO writes the nodes in the format "newc", the one that the kernel
// unpacks (Documentation/driver-api/early-userspace/buffer-format.rst).
// Directories must come before what they contain. Times are zero.
func writeCPIO(w io.Writer, nodes []node) error {
	for i, n := range nodes {
		if err := writeNode(w, uint32(i+1), n); err != nil {
			return err
		}
	}
	return writeNode(w, 0, node{name: "TRAILER!!!"})
}

func writeNode(w io.Writer, inode uint32, n node) error {
	links := uint32(1)
	if n.mode&typeMask == typeDir {
		links = 2
	}
	header := fmt.Appendf(nil, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00",
		inode, n.mode, 0, 0, links, 0, len(n.data), 0, 0, n.major, n.minor, len(n.name)+1, 0, n.name)
	for _, part := range [][]byte{header, n.data} {
		if _, err := w.Write(padded(part)); err != nil {
			return err
		}
	}
	return nil
}

// padded fills b up to a multiple of four bytes, as every part of an archive is.
func padded(b []byte) []byte {
	return append(b[:len(b):len(b)], make([]byte, -len(b)&3)...)
}
