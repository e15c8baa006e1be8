package parts

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

func TestEveryStateHasItsOwnShapeOrWord(t *testing.T) {
	test.NewApp()
	seen := map[string]virt.VMState{}
	for _, s := range []virt.VMState{
		virt.StateRunning, virt.StatePaused, virt.StateShutoff, virt.StateSaved, virt.StateCrashed,
		virt.StateSuspended, virt.StateShuttingDown, virt.StateUnknown,
	} {
		look := LookOf(s)
		if other, taken := seen[look.Word]; taken {
			t.Errorf("%s and %s are both called %q", s, other, look.Word)
		}
		seen[look.Word] = s
		kit.NewIcon(look.Icon, 12, look.Token) // panics when there is no such icon
	}
}

func TestSystemsAreNamedForPeople(t *testing.T) {
	for id, want := range map[string]string{
		"ubuntu24.04": "Ubuntu 24.04", "debian12": "Debian 12", "win11": "Windows 11", "win2k22": "Windows Server 2022",
		"win2k8r2": "Windows Server 2008 R2", "centos-stream9": "CentOS Stream 9", "alpinelinux3.19": "Alpine Linux 3.19", "": "",
	} {
		if got := SystemName(id); got != want {
			t.Errorf("%q is named %q, want %q", id, got, want)
		}
	}
}
