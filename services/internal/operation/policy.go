package operation

import (
	"context"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// policy says which role an action takes at least. Every action has a row;
// one without is allowed to nobody.
var policy = map[virt.Action]virt.Role{
	virt.ListHosts:      virt.RoleViewer,
	virt.ShowHost:       virt.RoleViewer,
	virt.CheckHost:      virt.RoleViewer,
	virt.HostStats:      virt.RoleViewer,
	virt.ListVMs:        virt.RoleViewer,
	virt.ShowVM:         virt.RoleViewer,
	virt.VMXML:          virt.RoleViewer,
	virt.VMSecretXML:    virt.RoleAdmin,
	virt.VMStats:        virt.RoleViewer,
	virt.WatchVMs:       virt.RoleViewer,
	virt.ScreenshotVM:   virt.RoleViewer,
	virt.ListPools:      virt.RoleViewer,
	virt.ListNetworks:   virt.RoleViewer,
	virt.ListOperations: virt.RoleViewer,
	virt.ListAudit:      virt.RoleViewer,
	virt.GetSetting:     virt.RoleViewer,
	virt.ListSystems:    virt.RoleViewer,
	virt.ReadMedium:     virt.RoleViewer,

	virt.ConnectHost:      virt.RoleOperator,
	virt.DisconnectHost:   virt.RoleOperator,
	virt.SaveHost:         virt.RoleAdmin,
	virt.RemoveHost:       virt.RoleAdmin,
	virt.OrderHosts:       virt.RoleOperator,
	virt.TestHost:         virt.RoleOperator,
	virt.FixHost:          virt.RoleAdmin,
	virt.CreateVM:         virt.RoleAdmin,
	virt.DeleteVM:         virt.RoleAdmin,
	virt.StartVM:          virt.RoleOperator,
	virt.ShutdownVM:       virt.RoleOperator,
	virt.RebootVM:         virt.RoleOperator,
	virt.ResetVM:          virt.RoleOperator,
	virt.OffVM:            virt.RoleOperator,
	virt.PauseVM:          virt.RoleOperator,
	virt.ResumeVM:         virt.RoleOperator,
	virt.SaveVM:           virt.RoleOperator,
	virt.DiscardVM:        virt.RoleOperator,
	virt.AutostartVM:      virt.RoleOperator,
	virt.ClipboardVM:      virt.RoleAdmin,
	virt.OpenConsole:      virt.RoleOperator,
	virt.CreatePool:       virt.RoleAdmin,
	virt.StartPool:        virt.RoleAdmin,
	virt.StopPool:         virt.RoleAdmin,
	virt.RefreshPool:      virt.RoleOperator,
	virt.AutostartPool:    virt.RoleAdmin,
	virt.CreateVolume:     virt.RoleAdmin,
	virt.DeleteVolume:     virt.RoleAdmin,
	virt.StartNetwork:     virt.RoleAdmin,
	virt.StopNetwork:      virt.RoleAdmin,
	virt.AutostartNetwork: virt.RoleAdmin,
	virt.DeleteNetwork:    virt.RoleAdmin,
	virt.CancelOperation:  virt.RoleOperator,
	virt.RecoverOperation: virt.RoleOperator,
	virt.PruneOperations:  virt.RoleAdmin,
	virt.SetSetting:       virt.RoleOperator,
}

// May returns nil when the actor of ctx may do the action to the target, else
// a virt.Error of virt.KindForbidden. It writes nothing: it is what reads ask.
func (d *Door) May(ctx context.Context, action virt.Action, target virt.Ref) error {
	refused := &virt.Error{Kind: virt.KindForbidden, Action: action, Ref: target}
	actor, ok := virt.ActorFrom(ctx)
	if !ok {
		refused.Err = virt.Errorf(virt.KindForbidden, "nobody is known to ask for %s", action)
		return refused
	}
	least, ok := policy[action]
	switch {
	case !ok:
		refused.Err = virt.Errorf(virt.KindForbidden, "the action %q is allowed to nobody", action)
		return refused
	case actor.Role < least:
		refused.Err = virt.Errorf(virt.KindForbidden, "%s has the role %s, and %s takes %s", actor.Name, actor.Role, action, least)
		refused.Cause = "Your role does not allow this."
		refused.Hint = "Ask somebody with the role " + least.String() + "."
		return refused
	default:
		return nil
	}
}
