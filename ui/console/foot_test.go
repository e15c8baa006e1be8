package console

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestAPausedMachineSaysSoInsteadOfAskingForKeys(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.must(t, d.svc.VMs.Pause(d.ctx, d.page.vm))
	foot := d.view().foot
	d.Until("it is said", func() bool { return foot.owner.Words() == "The machine is paused: it takes no keys" })
	d.Win.Canvas().Focus(d.view().screen)
	if foot.key.Visible() || !foot.resume.Visible() {
		t.Errorf("way out shown: %v, Resume: %v", foot.key.Visible(), foot.resume.Visible())
	}
	foot.resume.Press()
	d.Until("the keyboard is the machine's", func() bool { return foot.owner.Words() == "The keyboard belongs to the machine" })
	if foot.resume.Visible() {
		t.Error("a machine that runs can be resumed")
	}
	virttest.WantAudit(t, d.svc, d.ctx, virt.ResumeVM, "done")
}
