package create_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func (r *room) pools() []virt.Pool {
	r.t.Helper()
	pools, err := r.svc.Pools.List(r.ctx, r.host)
	if err != nil {
		r.t.Fatal(err)
	}
	return pools
}

// files are what lies in the default pool.
func (r *room) files() []string {
	r.t.Helper()
	volumes, err := r.svc.Pools.Volumes(r.ctx, r.host, "default")
	if err != nil {
		r.t.Fatal(err)
	}
	names := []string{}
	for _, v := range volumes {
		names = append(names, v.Name)
	}
	return names
}

func (r *room) untilCreatable() {
	r.t.Helper()
	r.Until("it can be created", func() bool {
		e, ok := r.Find("push button", "Create")
		return ok && slices.Contains(e.States, "enabled")
	})
}

func TestTheDefaultPoolIsMadeOnlyAfterAsking(t *testing.T) {
	r := open(t, virttest.Libvirtd(t).URI)
	r.Click("radio button", "Empty machine")
	r.Click("push button", "Skip to review")
	r.onStep("Review")
	r.Click("switch", "Start when created")
	r.untilCreatable()
	r.Click("push button", "Create")
	const question = "Prepare the host first?"
	r.Must("dialog", question)
	r.Must("label", "The pool “default” is made at /var/lib/libvirt/images and starts with the host from now on.")
	r.Click("push button", "Cancel")
	r.onStep("Review")
	if pools := r.pools(); len(pools) > 0 || len(r.made) > 0 {
		t.Fatalf("after Cancel there are %+v and %+v", pools, r.made)
	}
	r.Click("push button", "Create")
	r.Must("dialog", question)
	r.Click("push button", "Prepare and create")
	r.untilMade()
	if pools := r.pools(); len(pools) != 1 || pools[0].Path != "/var/lib/libvirt/images" || !pools[0].Autostart {
		t.Errorf("made the pools %+v", pools)
	}
}

// unreadable is a disc of 64 MiB in a folder that only root may enter.
func unreadable(t *testing.T, d *virttest.Daemon) string {
	t.Helper()
	dir, err := os.MkdirTemp(d.Dir, "home-") // with 0700
	if err != nil {
		t.Fatal(err)
	}
	disc := filepath.Join(dir, "install.iso")
	if err := os.WriteFile(disc, bytes.Repeat([]byte("not zeros"), 64<<20/9), 0o600); err != nil {
		t.Fatal(err)
	}
	return disc
}

// reviewOf walks from a disc that cannot be read to the review, with the remedy.
func (r *room) reviewOf(disc, remedy string) {
	r.t.Helper()
	r.Write("Image to install from", disc)
	r.Must("label", "The hypervisor cannot read this file")
	r.Click("push button", "Next")
	r.onStep("Where should the system come from?")
	r.Until("the field says why", func() bool {
		return r.Said("Image to install from") == "The hypervisor may not read it. Choose what shall be done about that."
	})
	r.Click("radio button", remedy)
	r.Until("nothing is wrong any more", func() bool {
		_, can := r.Find("push button", "Skip to review")
		return can
	})
	r.Click("push button", "Skip to review")
	r.onStep("Review")
	r.Click("switch", "Start when created")
	r.untilCreatable()
}

func TestADiscThatCannotBeReadIsCopiedWithProgressAndCanBeStopped(t *testing.T) {
	d := virttest.SharedLibvirtd(t)
	disc := unreadable(t, d)
	for _, stopped := range []bool{true, false} {
		r := open(t, d.URI).ready()
		r.reviewOf(disc, "Copy it into a pool")
		var seen virt.Operation
		r.Click("push button", "Create")
		r.Until("the copying is reported", func() bool {
			running, err := r.svc.Operations.List(r.ctx, virt.OperationFilter{State: virt.OperationRunning})
			if err == nil && len(running) == 1 && running[0].Stage == "copy image" && running[0].Done > 0 {
				seen = running[0]
			}
			return seen.ID != "" || len(r.made) > 0
		})
		if seen.Total < 60<<20 || seen.Done > seen.Total {
			t.Errorf("the copying was reported as %+v", seen)
		}
		if stopped {
			if err := r.svc.Operations.Cancel(r.ctx, seen.ID); err != nil {
				t.Fatal(err)
			}
		}
		if !stopped {
			r.untilMade()
			if files := r.files(); !slices.Contains(files, "install.iso") {
				t.Errorf("the pool has %v", files)
			}
			continue
		}
		r.Until("the copying has ended", func() bool {
			op, err := r.svc.Operations.Show(r.ctx, seen.ID)
			return err == nil && op.State != virt.OperationRunning
		})
		if files := r.files(); len(files) > 0 || len(r.made) > 0 {
			t.Errorf("stopped in the middle, the pool has %v and there are %v", files, r.made)
		}
	}
}

func TestAccessToADiscIsGrantedWithTheMachine(t *testing.T) {
	if _, err := exec.LookPath("getfacl"); err != nil && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	d := virttest.SharedLibvirtd(t)
	disc := unreadable(t, d)
	lists := func() string {
		out, err := exec.Command("getfacl", "-p", filepath.Dir(disc)).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	r := open(t, d.URI).ready()
	before := lists()
	r.reviewOf(disc, "Grant access")
	if lists() != before {
		t.Error("access was given before the machine was made")
	}
	r.Click("push button", "Create")
	shown, err := r.svc.VMs.Show(r.ctx, r.untilMade())
	if err != nil || shown.Disks[1].Path != disc {
		t.Errorf("made %+v, %v", shown.Disks, err)
	}
	if after := lists(); strings.Count(after, "user:") != strings.Count(before, "user:")+1 {
		t.Errorf("the access list is %s", after)
	}
}

// paste replaces what a field of many lines says.
func (r *room) paste(name, text string) {
	r.t.Helper()
	focused := r.Select(name)
	r.App.Clipboard().SetContent(text)
	focused.TypedShortcut(&fyne.ShortcutPaste{Clipboard: r.App.Clipboard()})
	r.Flush()
}

func TestTheDocumentIsEditedCheckedAndDefined(t *testing.T) {
	r := open(t, virttest.SharedLibvirtd(t).URI).ready()
	r.Click("radio button", "Empty machine")
	r.Click("push button", "Skip to review")
	r.onStep("Review")
	r.Click("switch", "Start when created")
	r.Click("radio button", "XML")
	xml := func() string { return r.Must("text", "XML").Value }
	r.Until("the XML is there", func() bool { return xml() != "" })
	original := xml()

	r.paste("XML", strings.Replace(original, "</devices>", "", 1))
	r.Until("its fault is said at the field", func() bool {
		return strings.HasPrefix(r.Said("The document that libvirt gets. It can be edited."), "The document is not XML:")
	})
	r.combine("Ctrl+Enter")
	r.Must("label", "Something is still missing or wrong")
	if len(r.made) > 0 {
		t.Fatal("it was made")
	}

	r.Click("push button", "Back to what the pages say")
	r.Until("the document is the pages' again", func() bool { return len(xml()) == len(original) })
	if _, still := r.Find("push button", "Back to what the pages say"); still {
		t.Error("nothing is edited, but there is a way back")
	}

	r.paste("XML", strings.Replace(xml(), "<on_crash>destroy<", "<on_crash>preserve<", 1))
	r.Must("label", "The XML was edited")
	r.untilCreatable()
	r.Click("push button", "Create")
	made, err := r.svc.VMs.XML(r.ctx, r.untilMade(), true)
	if err != nil || !strings.Contains(made, "<on_crash>preserve</on_crash>") {
		t.Errorf("made %s, %v", made, err)
	}
}
