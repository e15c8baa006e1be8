package console

import (
	"errors"
	"io"
	"net"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// trouble is the banner of a connection that was lost: why, and when it is
// tried again.
type trouble struct {
	view    *view
	banner  *kit.Banner
	content *fyne.Container
	visible bool
	ticking func() // calls the next second off; nil while nothing counts
}

func newTrouble(v *view) *trouble {
	t := &trouble{view: v}
	again := kit.Secondary("refresh-cw", lang.L("Try now"), func() { v.line.dial() }).Small()
	t.banner = kit.NewBanner(kit.WarnBanner, "", "", again)
	t.content = kit.Pad(0, 0, 12, 0, t.banner)
	t.content.Hide()
	return t
}

func (t *trouble) setVisible(visible bool) {
	t.visible = visible
	t.count()
}

// show says why the connection is lost, once it has been for a moment.
func (t *trouble) show() {
	v := t.view
	is := v.line.lost() && !v.off() && !v.noScreen()
	if is && v.fresh && !t.content.Visible() {
		return
	}
	t.content.Hidden = !is
	if is {
		t.say()
	}
	t.count()
}

func (t *trouble) say() {
	v := t.view
	title := lang.L("The screen cannot be opened")
	if v.hasPicture() {
		title = lang.L("The connection to the screen was lost")
	}
	t.banner.SetWords(title, whyLost(v.line.status.Err)+" "+t.when())
}

// when says when the next attempt begins.
func (t *trouble) when() string {
	l := t.view.line
	wait := time.Until(l.retryAt)
	switch {
	case l.gaveUp:
		return ""
	case l.status.State == vnc.Lost && wait > 0:
		return lang.L("Trying again in {{.Time}}.", map[string]any{"Time": parts.Seconds(wait)})
	default:
		return lang.L("Trying again now.")
	}
}

// count lets a second pass while there is something to count.
func (t *trouble) count() {
	counts := t.visible && t.content.Visible() && !t.view.line.gaveUp
	switch {
	case counts && t.ticking == nil:
		t.ticking = t.view.kit.After(time.Second, func() {
			t.ticking = nil
			t.show()
		})
	case !counts && t.ticking != nil:
		t.ticking()
		t.ticking = nil
	}
}

// whyLost says why in a sentence.
func whyLost(err error) string {
	var auth *rfb.AuthError
	var security *rfb.SecurityError
	var network *net.OpError
	var unanswered *rfb.UnansweredError
	var doubt *rfb.CertificateError
	switch {
	case errors.As(err, &doubt):
		p := kit.Explain(host.Unbelieved(err))
		return p.Why + " " + lang.L(p.Hint)
	case errors.As(err, &network):
		return lang.L("The machine's screen does not answer.")
	case errors.As(err, &unanswered) && errors.Is(err, virt.ErrCancelled):
		return lang.L("No password was given.")
	case errors.As(err, &unanswered):
		return kit.Explain(unanswered.Err).Why
	case errors.As(err, &auth):
		return lang.L("The machine did not accept the password.")
	case errors.As(err, &security):
		return lang.L("The machine asks for a way to log in that is not known here.")
	case errors.Is(err, rfb.ErrDisconnected), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return lang.L("The machine ended the connection.")
	default:
		return kit.Explain(err).Why
	}
}
