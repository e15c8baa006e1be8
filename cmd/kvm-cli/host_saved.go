package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// hostFlags are the flags that describe a host; only those that were given
// change it.
type hostFlags struct {
	host      virt.SavedHost
	transport string
	name      string
	password  bool
}

func (f *hostFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.transport, "transport", "", "`WAY` to the host: local, ssh, tls, libssh, tcp or uri")
	flags.StringVar(&f.host.Address, "address", "", "`NAME` or IP address of the host")
	flags.IntVar(&f.host.Port, "port", 0, "`PORT`, where it is not the usual one")
	flags.StringVar(&f.host.User, "user", "", "`USER` to log in as")
	flags.BoolVar(&f.host.Session, "session", false, "the user's own machines instead of the system's")
	flags.StringVar(&f.host.Socket, "socket", "", "ssh: `PATH` of libvirt's socket on the host, where it is not the usual one")
	flags.StringVar(&f.host.Key, "key", "", "ssh: `FILE` of the private key; else the agent's and the usual ones")
	flags.StringVar(&f.host.JumpHost, "jump-host", "", "ssh: `[USER@]HOST[:PORT]` on the way; several with commas")
	flags.StringVar(&f.host.CA, "ca", "", "tls: `FILE` of the authority's certificate")
	flags.StringVar(&f.host.Cert, "client-cert", "", "tls: `FILE` of our certificate")
	flags.StringVar(&f.host.CertKey, "client-key", "", "tls: `FILE` of our certificate's key")
	flags.StringVar(&f.host.Custom, "uri", "", "uri: any libvirt `URI`")
	flags.BoolVar(&f.host.AtStart, "connect-at-start", false, "connect when the window opens")
	flags.IntVar(&f.host.Order, "place", 0, "place in lists, least `NUMBER` first")
	flags.BoolVar(&f.password, "ask-password", false, "ask for the password now and keep it in the keyring")
}

// apply changes h by the flags that were given.
func (f *hostFlags) apply(cmd *cobra.Command, h *virt.SavedHost) {
	given := cmd.Flags().Changed
	set := func(flag string, change func()) {
		if given(flag) {
			change()
		}
	}
	set("transport", func() { h.Transport = virt.Transport(f.transport) })
	set("address", func() { h.Address = f.host.Address })
	set("port", func() { h.Port = f.host.Port })
	set("user", func() { h.User = f.host.User })
	set("session", func() { h.Session = f.host.Session })
	set("socket", func() { h.Socket = f.host.Socket })
	set("key", func() { h.Key = f.host.Key })
	set("jump-host", func() { h.JumpHost = f.host.JumpHost })
	set("ca", func() { h.CA = f.host.CA })
	set("client-cert", func() { h.Cert = f.host.Cert })
	set("client-key", func() { h.CertKey = f.host.CertKey })
	set("uri", func() { h.Custom = f.host.Custom })
	set("connect-at-start", func() { h.AtStart = f.host.AtStart })
	set("place", func() { h.Order = f.host.Order })
	set("name", func() { h.Name = virt.HostID(f.name) })
}

func newHostAddCommand(c *cli) *cobra.Command {
	var f hostFlags
	cmd := &cobra.Command{
		Use: "add NAME [URI]", Short: "Save a host under a name", Args: between(1, "NAME", "URI"),
		Long: `Save a host under a name, which --host then takes. It is described by a libvirt
URI, by flags, or by both. Nothing is connected: try it with kvm-cli host test.

The file is hosts/NAME.json in the directory of settings. It never has a
password: those are asked for on the terminal and kept in the keyring.`,
		Example: `  kvm-cli host add lab qemu+ssh://root@server/system --key ~/.ssh/lab --connect-at-start
  kvm-cli host add far --transport ssh --address 10.0.0.7 --jump-host admin@gate.example.org
  kvm-cli host add safe --transport tls --address server --ca ~/ca.pem --client-cert ~/me.pem --client-key ~/me.key`,
		RunE: func(cmd *cobra.Command, args []string) error {
			h := virt.SavedHost{}
			if len(args) > 1 {
				var err error
				if h, err = virt.HostFromURI(args[1]); err != nil {
					return err
				}
			}
			h.Name = virt.HostID(args[0])
			f.apply(cmd, &h)
			return c.saveHost(cmd.Context(), "", h, f.password)
		},
	}
	f.add(cmd)
	return cmd
}

func newHostEditCommand(c *cli) *cobra.Command {
	var f hostFlags
	cmd := &cobra.Command{
		Use: "edit NAME", Short: "Change a saved host", Args: exact("NAME"), ValidArgsFunction: c.savedHosts,
		Long: "Change what the flags say and leave the rest. --name gives it another name.",
		Example: `  kvm-cli host edit lab --user admin --port 2222
  kvm-cli host edit lab --name laboratory --connect-at-start=false`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				old := virt.HostID(args[0])
				h, err := findSaved(ctx, s, old)
				if err != nil {
					return err
				}
				f.apply(cmd, &h)
				return c.save(ctx, s, old, h, f.password)
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.name, "name", "", "new `NAME`")
	return cmd
}

func (c *cli) saveHost(ctx context.Context, old virt.HostID, h virt.SavedHost, password bool) error {
	return c.readHere(ctx, func(ctx context.Context, s *services.Services) error { return c.save(ctx, s, old, h, password) })
}

func (c *cli) save(ctx context.Context, s *services.Services, old virt.HostID, h virt.SavedHost, password bool) error {
	if err := s.Hosts.Save(ctx, old, h); err != nil {
		return err
	}
	if h.Unprotected() {
		c.warn(errors.New("what goes to and from this host is not protected by TLS; use it in a network of your own only"))
	}
	if password {
		if err := c.keepPassword(ctx, s, h); err != nil {
			return err
		}
	}
	saved, err := findSaved(ctx, s, h.Name)
	if err != nil {
		return err
	}
	return c.print(saved, func(w io.Writer) { savedTable(w, saved) })
}

func (c *cli) keepPassword(ctx context.Context, s *services.Services, h virt.SavedHost) error {
	t := c.terminal()
	if t == nil {
		return usage("a password is typed on a terminal").WithHint("Leave --ask-password out; or run this in a terminal.")
	}
	answer, err := t.Ask(ctx, virt.Question{Host: h.Name, Kind: virt.AskPassword, Subject: h.URI(), Hidden: true})
	if err != nil {
		return err
	}
	return s.Hosts.KeepSecret(ctx, h, virt.SecretPassword, answer.Text)
}

func newHostRemoveCommand(c *cli) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "remove NAME", Short: "Forget a saved host and its passwords", Args: exact("NAME"), ValidArgsFunction: c.savedHosts,
		Long:    "Forget how the host is reached, and its passwords in the keyring. Nothing changes on the host itself.",
		Example: `  kvm-cli host remove lab --yes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				if err := c.consent(yes, fmt.Sprintf("Forget the host %s?", args[0])); err != nil {
					return err
				}
				return s.Hosts.Remove(ctx, virt.HostID(args[0]))
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func newHostOrderCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "order NAME...", Short: "Put saved hosts first, in this order", Args: atLeast("NAME"), ValidArgsFunction: c.savedHosts,
		Example: `  kvm-cli host order lab web far`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				var names []virt.HostID
				for _, arg := range args {
					names = append(names, virt.HostID(arg))
				}
				return s.Hosts.Order(ctx, names)
			})
		},
	}
}

func newHostForgetCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "forget-password NAME", Short: "Remove a host's passwords from the keyring", Args: exact("NAME"), ValidArgsFunction: c.savedHosts,
		Long:    "Remove the host's password and its key's passphrase from the keyring, unless another saved host uses the same.",
		Example: `  kvm-cli host forget-password lab`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				return s.Hosts.ForgetSecrets(ctx, virt.HostID(args[0]))
			})
		},
	}
}

func newHostTestCommand(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use: "test NAME|URI", Short: "Connect to a host once, stage by stage", Args: exact("NAME"), ValidArgsFunction: c.savedHosts,
		Long: `Connect to a saved host or a URI, tell each stage as it passes, and end the
connection again. Questions about keys and passwords are asked on the terminal;
--accept-key answers without one, for the key of that fingerprint only.`,
		Example: `  kvm-cli host test lab
  kvm-cli host test lab --accept-key SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error {
				h, err := findSaved(ctx, s, virt.HostID(args[0]))
				if err != nil && strings.Contains(args[0], ":/") {
					if h, err = virt.HostFromURI(args[0]); err == nil {
						h.Name = "test"
					}
				}
				if err != nil {
					return err
				}
				checks, err := s.Hosts.Test(ctx, h, nil)
				if len(checks) > 0 && (err == nil || !c.json) { // a failure as JSON is the error alone
					err = errors.Join(err, c.print(checks, func(w io.Writer) { c.checkTable(w, checks) }))
				}
				return err
			})
		},
	}
	cmd.Flags().StringVar(&c.acceptKey, "accept-key", "", "accept and remember the host's key of this `FINGERPRINT`")
	return cmd
}

// findSaved returns a saved host. Broken files of others do not matter.
func findSaved(ctx context.Context, s *services.Services, name virt.HostID) (virt.SavedHost, error) {
	hosts, err := s.Hosts.Saved(ctx)
	for _, h := range hosts {
		if h.Name == name {
			return h, nil
		}
	}
	if errors.Is(err, virt.ErrForbidden) {
		return virt.SavedHost{}, err
	}
	return virt.SavedHost{}, errors.Join(&virt.Error{
		Kind: virt.KindNotFound, Ref: virt.HostRef(name), Err: virt.Errorf(virt.KindNotFound, "no saved host is called %q", name),
		Hint: "See kvm-cli host list.",
	}, err)
}

func savedTable(w io.Writer, h virt.SavedHost) {
	row(w, "Name", h.Name)
	row(w, "URI", h.URI())
	if h.JumpHost != "" {
		row(w, "By way of", h.JumpHost)
	}
	if h.Key != "" {
		row(w, "Key", h.Key)
	}
	if h.CA != "" {
		row(w, "Authority", h.CA)
	}
	if h.Cert != "" {
		row(w, "Certificate", h.Cert)
	}
	row(w, "At the start", map[bool]string{true: "connect", false: "do not connect"}[h.AtStart])
}

// savedHosts completes the names of saved hosts.
func (c *cli) savedHosts(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	_ = c.readHere(cmd.Context(), func(ctx context.Context, s *services.Services) error { //nolint:errcheck // completion stays silent
		hosts, err := s.Hosts.Saved(ctx)
		for _, h := range hosts {
			names = append(names, string(h.Name))
		}
		return err
	})
	return names, cobra.ShellCompDirectiveNoFileComp
}
