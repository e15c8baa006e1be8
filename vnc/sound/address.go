package sound

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// port is where sound servers listen on TCP.
const port = "4713"

// An address is where a sound server may listen.
type address struct{ network, place string }

// dial connects with the first server that answers.
func dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	failed := fmt.Errorf("%w: PULSE_SERVER names none", ErrNoServer)
	for _, a := range addresses() {
		var d net.Dialer
		conn, err := d.DialContext(ctx, a.network, a.place)
		if err == nil {
			return conn, nil
		}
		failed = fmt.Errorf("%w: %w", ErrNoServer, err)
	}
	return nil, failed
}

// addresses are those of PULSE_SERVER, else the socket of the person's session.
func addresses() []address {
	if named := os.Getenv("PULSE_SERVER"); named != "" {
		host, _ := os.Hostname()
		return parse(named, host)
	}
	if dir := os.Getenv("PULSE_RUNTIME_PATH"); dir != "" {
		return []address{{"unix", filepath.Join(dir, "native")}}
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		dir = "/run/user/" + strconv.Itoa(os.Getuid())
	}
	return []address{{"unix", filepath.Join(dir, "pulse", "native")}}
}

// parse reads a list of servers as PulseAudio writes it: paths, unix:PATH,
// tcp:HOST:PORT, tcp4: and tcp6:, or a host alone. {NAME} before one is the only
// computer it is meant for.
func parse(list, host string) []address {
	var all []address
	for _, word := range strings.Fields(list) {
		if only, rest, found := strings.Cut(strings.TrimPrefix(word, "{"), "}"); found && word[0] == '{' {
			if only != host {
				continue
			}
			word = rest
		}
		network, place, found := strings.Cut(word, ":")
		switch {
		case strings.HasPrefix(word, "/"):
			all = append(all, address{"unix", word})
		case found && network == "unix":
			all = append(all, address{"unix", place})
		case found && (network == "tcp" || network == "tcp4" || network == "tcp6"):
			all = append(all, address{network, withPort(place)})
		case word != "":
			all = append(all, address{"tcp", withPort(word)})
		}
	}
	return all
}

func withPort(place string) string {
	if _, _, err := net.SplitHostPort(place); err == nil {
		return place
	}
	return net.JoinHostPort(strings.Trim(place, "[]"), port)
}
