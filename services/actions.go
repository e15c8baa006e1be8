package services

import (
	"context"
	"encoding/json"

	"github.com/kvmmanager/kvm-manager/services/batch"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
)

// actions are what can be done to several machines at once. AutostartVM takes
// {"on": true} or {"on": false}.
func actions(vms *vm.Service) batch.Actions {
	return batch.Actions{
		virt.StartVM:    plain(vms.Start),
		virt.ShutdownVM: plain(vms.Shutdown),
		virt.RebootVM:   plain(vms.Reboot),
		virt.ResetVM:    plain(vms.Reset),
		virt.OffVM:      plain(vms.Off),
		virt.PauseVM:    plain(vms.Pause),
		virt.ResumeVM:   plain(vms.Resume),
		virt.SaveVM:     plain(vms.Save),
		virt.DiscardVM:  plain(vms.Discard),
		virt.AutostartVM: func(ctx context.Context, vm virt.Ref, args json.RawMessage) error {
			var said struct {
				On bool `json:"on"`
			}
			if err := json.Unmarshal(args, &said); err != nil {
				return virt.Errorf(virt.KindInvalid, "neither on nor off: %w", err)
			}
			return vms.SetAutostart(ctx, vm, said.On)
		},
	}
}

// plain is an act that takes no arguments.
func plain(act func(context.Context, virt.Ref) error) batch.Act {
	return func(ctx context.Context, target virt.Ref, _ json.RawMessage) error { return act(ctx, target) }
}
