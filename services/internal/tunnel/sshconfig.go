package tunnel

import (
	"bufio"
	"cmp"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// maxIncludes bounds files that include each other, and jump hosts that jump.
const maxIncludes = 8

// A hop is a computer to log in to, as the user's ssh_config completes it: what
// is set for the host itself comes first.
type hop struct {
	virt.Hop
	keys []string // key files to try
	only bool     // the one key is named for this host: no other is tried
}

// A hostConf is what ssh_config says of one host; see ssh_config(5). Other
// keywords, and Match blocks, are passed over.
type hostConf struct {
	hostName, user, proxyJump, proxyCommand string

	port int
	keys []string
}

// hopsOf are the computers to log in to, the host last.
func hopsOf(h virt.SavedHost, home string) []hop {
	last := virt.Hop{User: h.User, Address: h.Address, Port: h.Port}
	conf := confOf(h.Address, home)
	jumps := h.Jumps()
	if len(jumps) == 0 {
		jumps = conf.jumps(last, home)
	}
	var hops []hop
	for _, jump := range jumps {
		hops = append(hops, through(jump, home, 0)...)
	}
	target := conf.complete(last, home)
	if h.Key != "" {
		key := expand(h.Key, home)
		for i := range hops {
			hops[i].keys = append([]string{key}, hops[i].keys...)
		}
		target.keys, target.only = []string{key}, true
	}
	return append(hops, target)
}

// through are the computers on the way to a jump host, and the jump host.
func through(jump virt.Hop, home string, depth int) []hop {
	conf := confOf(jump.Address, home)
	var hops []hop
	if depth < maxIncludes {
		for _, before := range conf.jumps(jump, home) {
			hops = append(hops, through(before, home, depth+1)...)
		}
	}
	return append(hops, conf.complete(jump, home))
}

// ByProgram reports whether the user's ssh_config reaches the host through a
// program of its own (ProxyCommand), which only ssh itself can run.
func ByProgram(h virt.SavedHost, home string) bool {
	if h.Transport != virt.TransportSSH || h.JumpHost != "" {
		return false
	}
	conf := confOf(h.Address, home)
	return conf.proxyCommand != "" && conf.proxyCommand != "none" && conf.proxyJump == ""
}

// jumps are the jump hosts on the way to h. A gateway for all hosts ("Host *") is
// none for itself.
func (c hostConf) jumps(h virt.Hop, home string) []virt.Hop {
	if c.proxyJump == "none" {
		return nil
	}
	jumps := virt.SavedHost{JumpHost: strings.ReplaceAll(c.proxyJump, "ssh://", "")}.Jumps()
	at := c.complete(h, home)
	return slices.DeleteFunc(jumps, func(jump virt.Hop) bool {
		return jump.Address == h.Address && c.complete(jump, home).Port == at.Port
	})
}

// complete fills in what the hop leaves open.
func (c hostConf) complete(h virt.Hop, home string) hop {
	full := hop{Hop: h}
	if c.hostName != "" {
		full.Address = strings.ReplaceAll(c.hostName, "%h", h.Address)
	}
	full.User = cmp.Or(h.User, c.user)
	full.Port = cmp.Or(h.Port, c.port, 22)
	if full.User == "" {
		if u, err := user.Current(); err == nil {
			full.User = u.Username
		} else {
			full.User = os.Getenv("USER")
		}
	}
	for _, key := range append(slices.Clone(c.keys), usualKeys...) {
		full.keys = append(full.keys, expand(strings.NewReplacer("%d", "~", "%h", full.Address, "%r", full.User).Replace(key), home))
	}
	return full
}

// confOf reads what the user's and the system's ssh_config say of the host. A
// file that cannot be read says nothing, as with ssh.
func confOf(address, home string) hostConf {
	var c hostConf
	c.read(expand("~/.ssh/config", home), address, home, 0)
	c.read("/etc/ssh/ssh_config", address, home, 0)
	return c
}

func (c *hostConf) read(file, address, home string, depth int) {
	text, err := os.Open(file)
	if err != nil || depth > maxIncludes {
		return
	}
	defer func() { _ = text.Close() }()
	applies := true
	for lines := bufio.NewScanner(text); lines.Scan(); {
		keyword, value := splitLine(lines.Text())
		switch {
		case keyword == "host":
			applies = matches(words(value), address)
		case keyword == "match":
			applies = value == "all"
		case !applies || value == "":
		case keyword == "include":
			c.include(value, file, address, home, depth)
		default:
			c.set(keyword, value)
		}
	}
}

func (c *hostConf) include(value, file, address, home string, depth int) {
	for _, pattern := range words(value) {
		pattern = expand(pattern, home)
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(filepath.Dir(file), pattern)
		}
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue // a pattern that is none matches nothing
		}
		for _, path := range found {
			c.read(path, address, home, depth+1)
		}
	}
}

// set notes a value unless an earlier line had one; key files add up.
func (c *hostConf) set(keyword, value string) {
	first := func(field *string) {
		if *field == "" {
			*field = value
		}
	}
	switch keyword {
	case "hostname":
		first(&c.hostName)
	case "user":
		first(&c.user)
	case "proxyjump":
		first(&c.proxyJump)
	case "proxycommand":
		first(&c.proxyCommand)
	case "port":
		if number, err := strconv.Atoi(value); err == nil && c.port == 0 {
			c.port = number
		}
	case "identityfile":
		c.keys = append(c.keys, strings.Trim(value, `"`))
	}
}

// splitLine returns the keyword in lower case and the rest; comments are empty.
func splitLine(line string) (keyword, value string) {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "#") {
		return "", ""
	}
	end := strings.IndexAny(line, " \t=")
	if end < 0 {
		return strings.ToLower(line), ""
	}
	value = strings.TrimLeft(line[end:], " \t")
	value = strings.TrimSpace(strings.TrimPrefix(value, "="))
	return strings.ToLower(line[:end]), strings.Trim(value, `"`)
}

func words(text string) []string { return strings.Fields(strings.ReplaceAll(text, `"`, "")) }

// matches reports whether one of the patterns means the host and none excludes it.
func matches(patterns []string, address string) bool {
	found := false
	for _, pattern := range patterns {
		rest, not := strings.CutPrefix(pattern, "!")
		if hit, err := path.Match(strings.ToLower(rest), strings.ToLower(address)); err != nil || !hit {
			continue
		}
		if not {
			return false
		}
		found = true
	}
	return found
}
