package console

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

func TestAPasswordIsAskedForUntilItIsRight(t *testing.T) {
	d := newDesk(t, ",password-secret=pw", "-object", "secret,id=pw,data=opensesame")
	ask := func() *kit.Element { return find(kit.Accessibility(d.Win, 1), "dialog") }
	answer := func(word string) {
		d.Until("the password is asked for", func() bool { return ask() != nil })
		for _, r := range word {
			d.Win.Canvas().Focused().TypedRune(r)
		}
		d.Win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	answer("wrong")
	d.Until("the dialog says that it was wrong", func() bool {
		row := find(kit.Accessibility(d.Win, 1), "panel", "Password")
		return row != nil && row.Description == "That was not right."
	})
	answer("opensesame")
	d.Until("the screen is shown", d.connected)
	if ask() != nil {
		t.Error("the dialog is still open")
	}
}

func TestWhoGivesNoPasswordIsTold(t *testing.T) {
	d := newDesk(t, ",password-secret=pw", "-object", "secret,id=pw,data=opensesame")
	d.Until("the password is asked for", func() bool { return find(kit.Accessibility(d.Win, 1), "dialog") != nil })
	d.Win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	d.Until("the banner tells", d.view().trouble.content.Visible)
	if alert := find(kit.Accessibility(d.Win, 1), "alert"); alert.Description != "No password was given. " {
		t.Errorf("the banner says %q", alert.Description)
	}
	d.view().line.dial()
	d.Until("it is asked for again", func() bool { return find(kit.Accessibility(d.Win, 1), "dialog") != nil })
}

// newHome gives the test a home and no keyring.
func newHome(t *testing.T) {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
}

// encrypted are the arguments of a QEMU that shows its screen over TLS only.
func encrypted(t *testing.T, authority *rfbtest.Authority) (vnc string, args []string) {
	t.Helper()
	dir := t.TempDir()
	authority.Write(t, dir, authority.Server(t, "vm.example", time.Hour))
	return ",tls-creds=tls", []string{"-object", "tls-creds-x509,id=tls,endpoint=server,verify-peer=off,dir=" + dir}
}

func TestAnUnknownCertificateIsDecidedByThePerson(t *testing.T) {
	newHome(t)
	authority := rfbtest.NewAuthority(t)
	vnc, args := encrypted(t, authority)
	d := newDesk(t, vnc, args...)
	const title = "Nobody vouches for “"
	asked := func() *kit.Element { return dialogOf(d.Win, title) }
	d.Until("the certificate is asked about", func() bool { return asked() != nil })
	d.Click("push button", "Cancel")
	d.Until("the banner tells", d.view().trouble.content.Visible)
	if alert := find(kit.Accessibility(d.Win, 1), "alert"); !strings.Contains(alert.Description, "no authority known to this computer") {
		t.Errorf("the banner says %q", alert.Description)
	}
	d.view().line.dial()
	d.Until("it is asked about again", func() bool { return asked() != nil })
	d.Click("push button", "Trust and connect")
	d.Until("the screen is shown", d.connected)
	if d.view().trouble.content.Visible() {
		t.Error("the banner stays")
	}
	d.view().line.dial()
	d.Until("the screen is shown again", d.connected)
	if asked() != nil {
		t.Error("it is asked about once more")
	}
}

func TestACertificateThatAnAuthorityVouchesForIsNotAskedAbout(t *testing.T) {
	newHome(t)
	authority := rfbtest.NewAuthority(t)
	vnc, args := encrypted(t, authority)
	ca := filepath.Join(os.Getenv("HOME"), ".pki", "CA")
	if err := os.MkdirAll(ca, 0o700); err != nil {
		t.Fatal(err)
	}
	authority.Write(t, ca, authority.Server(t, "unused", time.Hour))
	if err := os.Rename(filepath.Join(ca, "ca-cert.pem"), filepath.Join(ca, "cacert.pem")); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, vnc, args...)
	d.Until("the screen is shown", d.connected)
}

func TestNameAndPasswordAreAskedForTogether(t *testing.T) {
	newHome(t)
	server := rfbtest.StartLogin(t, rfbtest.NewAuthority(t).Server(t, "vm.example", time.Hour), "ada", "opensesame")
	d := openDesk(t, virttest.ScreenHost(t, server.Socket), "web")
	d.Until("the certificate is asked about", func() bool { return dialogOf(d.Win, "Nobody vouches for") != nil })
	d.Click("push button", "Trust and connect")
	d.Until("the login is asked for", func() bool { return dialogOf(d.Win, "Who looks at the screen?") != nil })
	d.Write("User", "ada")
	d.Click("password text", "Password")
	for _, r := range "opensesame" {
		d.Win.Canvas().Focused().TypedRune(r)
	}
	d.Click("push button", "Continue")
	d.Until("the screen is shown", d.connected)
	if got := server.Logins(); len(got) != 1 || got[0] != "adaopensesame" {
		t.Errorf("the server was told %q", got)
	}
}

func TestAConsolesOwnWindowAsksItself(t *testing.T) {
	newHome(t)
	d := newDesk(t, ",password-secret=pw", "-object", "secret,id=pw,data=opensesame")
	d.Until("the password is asked for in the tab", func() bool { return dialogOf(d.Win, "The screen asks") != nil })
	d.consoles.OpenWindow(d.page.vm)
	own := d.consoles.windows[d.page.vm.Key()].win
	d.Until("it is asked for in the window", func() bool {
		return dialogOf(own, "The screen asks") != nil && dialogOf(d.Win, "The screen asks") == nil
	})
}

// dialogOf returns the dialog that is open in the window and whose title begins
// so, or nil.
func dialogOf(win fyne.Window, title string) *kit.Element {
	tree := kit.Accessibility(win, 1)
	for _, role := range []string{"dialog", "alert dialog"} {
		if found := find(tree, role); found != nil && strings.HasPrefix(found.Name, title) {
			return found
		}
	}
	return nil
}
