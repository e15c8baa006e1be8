package main

import (
	"context"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

type version struct {
	Version string `json:"version"`
	Libvirt string `json:"libvirt"`
	QEMU    string `json:"qemu"`
	Go      string `json:"go"`
}

func newVersionCommand(c *cli) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the versions of this program, libvirt and QEMU", Args: exact(),
		Example: `  kvm-cli version -o json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := version{Version: programVersion(), Go: runtime.Version()}
			err := c.read(cmd.Context(), func(ctx context.Context, s *services.Services, id virt.HostID) error {
				h, err := s.Hosts.Show(ctx, id)
				v.Libvirt, v.QEMU = h.Libvirt, h.HVVersion
				return err
			})
			if err != nil {
				c.warn(err) // the program's own version is known all the same
			}
			return c.print(v, func(w io.Writer) {
				row(w, "kvm-manager", v.Version)
				row(w, "libvirt", v.Libvirt)
				row(w, "QEMU", v.QEMU)
				row(w, "Go", v.Go)
			})
		},
	}
}

// programVersion is the module's version as the Go tool stamped it.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
