package tunnel

import (
	"fmt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Route is where a connection to the host leads through, as [USER@]HOST:PORT, and
// the key files that it tries at its end.
func Route(h virt.SavedHost, home string) (route, keys []string) {
	hops := hopsOf(h, home)
	for _, hop := range hops {
		route = append(route, fmt.Sprintf("%s@%s", hop.User, joinPort(hop.Address, hop.Port)))
	}
	return route, hops[len(hops)-1].keys
}
