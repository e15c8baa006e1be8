package tiny

import (
	"bytes"
	"embed"
	"fmt"
	"path"
)

//go:embed guest
var guest embed.FS

// guestFiles are the scripts and tables that make the machine what it is, in
// /etc. Those that begin with #! are programs.
func guestFiles() []node {
	entries, err := guest.ReadDir("guest")
	if err != nil {
		panic(err) // part of the program
	}
	var nodes []node
	for _, e := range entries {
		data, err := guest.ReadFile(path.Join("guest", e.Name()))
		if err != nil {
			panic(err) // part of the program
		}
		mode := uint32(typeFile | 0o644)
		if bytes.HasPrefix(data, []byte("#!")) {
			mode = typeFile | 0o755
		}
		nodes = append(nodes, node{name: "etc/" + e.Name(), mode: mode, data: data})
	}
	return nodes
}

// rootTree is the root directory without the kernel's modules.
func rootTree(busybox []byte) []node {
	var nodes []node
	for _, dir := range []string{
		"bin", "dev", "etc", "lib", "lib/modules", "mnt", "proc", "root", "run", "sbin", "sys", "tmp",
		"usr", "usr/bin", "usr/sbin", "var",
	} {
		nodes = append(nodes, node{name: dir, mode: typeDir | 0o755})
	}
	nodes = append(nodes,
		node{name: "dev/console", mode: typeChar | 0o600, major: 5, minor: 1},
		node{name: "bin/busybox", mode: typeFile | 0o755, data: busybox},
		node{name: "init", mode: typeLink | 0o777, data: []byte("bin/busybox")},
		node{name: "etc/passwd", mode: typeFile | 0o644, data: []byte("root::0:0:root:/root:/bin/sh\n")},
		node{name: "etc/group", mode: typeFile | 0o644, data: []byte("root:x:0:\n")},
	)
	return append(nodes, guestFiles()...)
}

// moduleNodes are the modules and the list by which the machine loads them.
func moduleNodes(modules []module) []node {
	var nodes []node
	var order bytes.Buffer
	for _, m := range modules {
		fmt.Fprintln(&order, m.name)
		nodes = append(nodes, node{name: "lib/modules/" + m.name + ".ko", mode: typeFile | 0o644, data: m.data})
	}
	return append(nodes, node{name: "lib/modules/order", mode: typeFile | 0o644, data: order.Bytes()})
}
