package vm

import (
	"context"
	"errors"
	"slices"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/networkxml"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

const defaultNetwork = networkxml.DefaultName

// networks are those of the host, and whether machines there use any.
func (b *builder) networks() (all []virt.Network, used bool, err error) {
	all, err = b.conn.Networks()
	if errors.Is(err, virt.ErrUnsupported) {
		return nil, false, nil
	}
	return all, host.HasNetworks(b.conn), err
}

func findDefault(networks []virt.Network) (virt.Network, bool) {
	i := slices.IndexFunc(networks, func(n virt.Network) bool { return n.Name == defaultNetwork })
	if i < 0 {
		return virt.Network{}, false
	}
	return networks[i], true
}

// usualNetwork is the default network where it is there or can be made, else
// empty.
func (b *builder) usualNetwork() (string, error) {
	networks, used, err := b.networks()
	if _, found := findDefault(networks); found || used {
		return defaultNetwork, err
	}
	return "", err
}

// network chooses where the card is plugged in: the named network, else the
// default network, which is made or started, else a network of the machine's own
// process, where the host has none or it does not start.
func (b *builder) network(ctx context.Context, env *domainxml.Environment) error {
	if b.spec.Network == "none" {
		return nil
	}
	networks, used, err := b.networks()
	if err != nil {
		return err
	}
	if b.spec.Network != "" {
		n, err := virt.Pick(networks, virt.KindNetwork, b.spec.Network, virt.Network.Ref)
		if err != nil {
			return err
		}
		env.Network = domainxml.NetworkChoice{Type: "network", Name: n.Name}
		return b.running(ctx, n)
	}
	env.Network.Type = "user"
	n, found := findDefault(networks)
	if !found && !used {
		return nil
	}
	switch err := b.activeDefault(ctx, n, found); {
	case err == nil:
		env.Network = domainxml.NetworkChoice{Type: "network", Name: defaultNetwork}
		return nil
	case errors.Is(err, virt.ErrUnavailable) || ctx.Err() != nil:
		return err
	}
	return nil
}

// activeDefault makes or starts the default network. That may be impossible, as
// in a container without the rights to it.
func (b *builder) activeDefault(ctx context.Context, n virt.Network, found bool) error {
	switch {
	case b.preview || n.Active:
		return nil
	case found:
		return b.startNetwork(ctx, n)
	}
	err := b.makeNetwork(ctx)
	if !errors.Is(err, virt.ErrExists) {
		return err
	}
	// Somebody else was faster.
	if n, err = b.conn.NetworkByName(defaultNetwork); err != nil || n.Active {
		return err
	}
	return b.startNetwork(ctx, n)
}

// running refuses to start a machine on a network that is stopped. The default
// network is started instead.
func (b *builder) running(ctx context.Context, n virt.Network) error {
	switch {
	case n.Active || !b.spec.Start || b.preview && n.Name == defaultNetwork:
		return nil
	case n.Name == defaultNetwork:
		return b.startNetwork(ctx, n)
	}
	return virt.Errorf(virt.KindState, "the network %q is not running", n.Name).WithHint("Start the network, or choose another.")
}

// startNetwork starts a network that was stopped when it was looked at.
func (b *builder) startNetwork(ctx context.Context, n virt.Network) error {
	b.stage("start network " + n.Name)
	err := b.progress.Step(ctx, inverse(b.conn, undoStartNetwork, n.Ref()), func(context.Context) error { return b.conn.StartNetwork(n.ID) })
	if errors.Is(err, virt.ErrState) {
		return nil // somebody else was faster
	}
	return err
}

// makeNetwork makes the default network. Its UUID is chosen before, so that it
// can be told from foreign ones after an interruption.
func (b *builder) makeNetwork(ctx context.Context) error {
	b.stage("make network " + defaultNetwork)
	ref := virt.Ref{Host: b.host, Kind: virt.KindNetwork, ID: newUUID(), Name: defaultNetwork}
	return b.progress.Step(ctx, inverse(b.conn, undoNetwork, ref), func(context.Context) error {
		_, err := host.MakeDefaultNetwork(b.conn, ref.ID)
		return err
	})
}

// networkPreparations are what network would make or start.
func (b *builder) networkPreparations() ([]virt.Preparation, error) {
	if b.spec.Network != "" && (b.spec.Network != defaultNetwork || !b.spec.Start) {
		return nil, nil // as network and running have it
	}
	networks, used, err := b.networks()
	if err != nil {
		return nil, err
	}
	n, found := findDefault(networks)
	switch {
	case found && !n.Active:
		return []virt.Preparation{{Kind: virt.NetworkToStart, Name: n.Name}}, nil
	case found || !used || b.spec.Network != "":
		return nil, nil
	}
	subnet, err := host.DefaultSubnet(b.conn)
	if errors.Is(err, virt.ErrState) {
		return nil, nil // a machine without it is made
	}
	return []virt.Preparation{{Kind: virt.NetworkToMake, Name: defaultNetwork, Subnet: subnet.String()}}, err
}

// stopStartedNetwork stops a network that we started, unless a VM uses it by now.
func stopStartedNetwork(c *hypervisor.Conn, inv operation.Inverse, acted bool) error {
	if !acted {
		return nil // somebody else may have started it; an active network harms nobody
	}
	return host.StopUnusedNetwork(c, inv.Ref)
}

// removeMadeNetwork removes the network of the UUID that we chose, unless a VM
// is defined to use it by now.
func removeMadeNetwork(c *hypervisor.Conn, inv operation.Inverse, _ bool) error {
	return host.RemoveUnusedNetwork(c, inv.Ref)
}
