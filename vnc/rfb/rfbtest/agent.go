package rfbtest

import (
	"crypto/md5" // what busybox has
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// agentPrograms are what a guest needs to have a clipboard: an X server, what
// copies and pastes there, and SPICE's agent, which QEMU speaks to.
var agentPrograms = []string{"Xvfb", "xkbcomp", "xclip", "spice-vdagent", "spice-vdagentd"}

// AgentArguments make QEMU share its clipboard with an agent of the guest.
var AgentArguments = []string{
	"-device", "virtio-serial", "-chardev", "qemu-vdagent,id=agent,name=vdagent,clipboard=on,mouse=off",
	"-device", "virtserialport,chardev=agent,name=com.redhat.spice.0",
}

// StartAgent boots a Linux, as StartLinux does, that has an X server with the
// SPICE agent; its shell's display is that server. Programs and libraries are
// this computer's: where one is missing the test is skipped.
func StartAgent(t testing.TB, kernel, initrd, cmdline, ready string) *Linux {
	t.Helper()
	args := append([]string{"-device", "virtio-vga", "-m", "768"}, AgentArguments...)
	guest := StartLinux(t, kernel, withAgent(t, initrd), cmdline, ready, "", args...)
	guest.Wait("# ")
	for _, line := range []string{
		"export DISPLAY=:1 HOME=/tmp; mkdir -p /tmp/.X11-unix",
		"until_true() { until \"$@\"; do usleep 50000; done; }",
		"Xvfb :1 -screen 0 640x480x24 -nolisten tcp > /tmp/x.log 2>&1 &",
		"until_true test -S /tmp/.X11-unix/X1",
		"spice-vdagentd -x -X -d -f -u /dev/null -s /dev/vport*p1 -S /run/agent > /tmp/agentd.log 2>&1 &",
		"until_true test -S /run/agent",
		"spice-vdagent -x -d -s /dev/vport*p1 -S /run/agent > /tmp/agent.log 2>&1 &",
		"until_true grep -q 'opening vdagent virtio channel' /tmp/agentd.log",
		"echo agent is the'r'e",
	} {
		guest.Type(line)
	}
	guest.Wait("agent is there")
	return guest
}

// Text is a text of that many bytes, with characters of one to four; mark makes it
// different from others.
func Text(mark string, bytes int) string {
	var b strings.Builder
	for n := 1; ; n++ {
		line := fmt.Sprintf("%s%d grüße 日本 𝄞\n", mark, n)
		if b.Len()+len(line) > bytes {
			return b.String() + strings.Repeat(mark, bytes-b.Len())
		}
		b.WriteString(line)
	}
}

// WantText waits until a program of the agent's guest can paste the text.
func (l *Linux) WantText(text string) {
	l.t.Helper()
	l.Type("pasted() { xclip -selection clipboard -o > /tmp/pasted; md5sum < /tmp/pasted | grep -q $1; }")
	l.Type(fmt.Sprintf("until_true pasted %x; echo it is pas't'ed", md5.Sum([]byte(text)))) // no secret
	l.Wait("it is pasted")
}

// CopyText copies, in the agent's guest, the text that WantText found there last
// with another mark of one letter.
func (l *Linux) CopyText(text, mark string) {
	l.t.Helper()
	l.Type(fmt.Sprintf("tr %.1s %s < /tmp/pasted | xclip -selection clipboard -i", text, mark))
}

// withAgent returns a RAM disk that has the agent's programs, too: the kernel
// unpacks one archive after the other.
func withAgent(t testing.TB, initrd string) string {
	t.Helper()
	root := t.TempDir()
	files := map[string]bool{}
	library := regexp.MustCompile(`/\S+`)
	for _, name := range agentPrograms {
		program, err := exec.LookPath(name)
		if err != nil {
			t.Skip("needs " + name)
		}
		files[program] = true
		libraries, err := exec.Command("ldd", program).Output()
		if err != nil {
			t.Fatalf("ldd %s: %v", program, err)
		}
		for _, file := range library.FindAllString(string(libraries), -1) {
			files[file] = true
		}
	}
	for file := range files {
		to := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil { // of the guest
			t.Fatal(err)
		}
		must(t, exec.Command("cp", "-L", file, to))
	}
	keyboards := filepath.Join(root, "/usr/share/X11")
	if err := os.MkdirAll(keyboards, 0o755); err != nil { // of the guest
		t.Fatal(err)
	}
	must(t, exec.Command("cp", "-rL", "/usr/share/X11/xkb", keyboards))
	return appendTree(t, initrd, root)
}

// appendTree returns a copy of the RAM disk with the files below root.
func appendTree(t testing.TB, initrd, root string) string {
	t.Helper()
	disk, err := os.ReadFile(initrd)
	if err != nil {
		t.Fatal(err)
	}
	disk = append(disk, make([]byte, -len(disk)&3)...)
	archive := exec.Command("cpio", "-o", "-H", "newc", "--quiet")
	archive.Dir = root
	archive.Stdin = strings.NewReader(strings.Join(treeOf(t, root), "\n"))
	added, err := archive.Output()
	if err != nil {
		t.Fatalf("cpio: %v", err)
	}
	file := filepath.Join(t.TempDir(), "initrd")
	if err := os.WriteFile(file, append(disk, added...), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// treeOf lists what is below root, directories before what they contain.
func treeOf(t testing.TB, root string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if name, _ := filepath.Rel(root, path); name != "." {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func must(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
}
