package ui

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/storage"
)

func TestAKeyringThatWaitsForItsDialogLeavesTheWindowFree(t *testing.T) {
	remote, here := virttest.RemoteHost(t), virttest.Libvirtd(t)
	lab := virt.SavedHost{Name: "lab", Transport: virt.TransportSSH, Address: remote.SSH.Address, Port: remote.SSH.Port, User: virttest.RemoteUser}
	var bus string
	connect := func() *house {
		h := strangersAt(t, here.URI)
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
		if err := h.svc.Hosts.Save(h.ctx, "", lab); err != nil {
			t.Fatal(err)
		}
		if err := h.svc.Hosts.Connect(h.ctx, "lab"); err != nil {
			t.Fatal(err)
		}
		h.push("Trust and connect")
		return h
	}
	secrets := virttest.NewSecretService(t)
	bus = secrets.Address
	h := connect()
	h.click(h.must("check box", "Keep it in the system’s keyring"), desktop.MouseButtonPrimary)
	h.fill("Password", virttest.RemotePassword)
	h.push("Continue")
	h.hostItem("lab", "0")
	h.Until("the password is kept", func() bool {
		key := fmt.Sprintf("password %s@%s:%d", virttest.RemoteUser, remote.SSH.Address, remote.SSH.Port)
		kept, err := storage.NewKeyring(virttest.Dirs(t)).Get(h.ctx, key, nil)
		return err == nil && kept == virttest.RemotePassword
	})
	spec := virt.VMSpec{Name: "near", Memory: 64 << 20, NoDisk: true, Network: "none", Accel: "tcg"}
	if _, err := h.svc.VMs.Create(h.ctx, virttest.Host(t, h.svc, h.ctx), spec); err != nil {
		t.Fatal(err)
	}

	secrets.Lock(t)
	h = connect()
	h.says("near", "Off")
	h.must("dialog", "Password of ") // the keyring says nothing, and so the person is asked
	h.push("Cancel")
	h.goesOn()
	h.must("alert", "lab is not connected")
}
