package hypervisor_test

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func hostFacts(t *testing.T, s suite) {
	h, err := s.conn.HostInfo()
	must(t, err)
	if h.ID != "here" || h.URI != s.conn.URI() || h.Hostname == "" || h.Libvirt == "" || h.HVVersion == "" || h.Arch == "" || h.CPUs == 0 || h.Memory == 0 {
		t.Errorf("the host says too little: %+v", h)
	}
	if h.HasPools == s.lacks(pools) {
		t.Errorf("HasPools is %v", h.HasPools)
	}
	caps, err := s.conn.Capabilities()
	must(t, err)
	if len(caps.Guests) == 0 {
		t.Error("the host can run nothing")
	}
	if s.conn.Driver() == "QEMU" {
		able, err := s.conn.DomainCapabilities("", "x86_64", "pc", "qemu")
		must(t, err)
		if able.Domain != "qemu" {
			t.Errorf("capabilities are of %q", able.Domain)
		}
	}
}

func (s suite) lacks(verb string) bool {
	for _, l := range s.lacking {
		if l == verb {
			return true
		}
	}
	return false
}

func lifecycle(t *testing.T, s suite) {
	ref := s.define(t, "life")
	s.news.wants(t, ref, virt.VMDefined, "", "added")
	vm := s.wantState(t, ref, virt.StateShutoff)
	if !vm.Persistent || vm.Autostart || vm.Saved || vm.Memory != 32<<20 || vm.VCPUsMax != 2 {
		t.Errorf("the new VM is %+v", vm)
	}

	must(t, s.conn.StartDomain(ref.ID))
	s.news.wants(t, ref, virt.VMChanged, virt.StateRunning, "booted")
	s.wantState(t, ref, virt.StateRunning)

	must(t, s.conn.SuspendDomain(ref.ID))
	s.news.wants(t, ref, virt.VMChanged, virt.StatePaused, "paused")
	s.wantState(t, ref, virt.StatePaused)

	must(t, s.conn.ResumeDomain(ref.ID))
	s.news.wants(t, ref, virt.VMChanged, virt.StateRunning, "unpaused")
	s.wantState(t, ref, virt.StateRunning)

	if !s.lacks(reset) {
		must(t, s.conn.ResetDomain(ref.ID))
		s.news.wants(t, ref, virt.VMChanged, "", "rebooted")
		must(t, s.conn.RebootDomain(ref.ID))
		must(t, s.conn.ShutdownDomain(ref.ID)) // nobody in there who would obey
		s.wantState(t, ref, virt.StateRunning)
	}

	must(t, s.conn.DestroyDomain(ref.ID))
	s.news.wants(t, ref, virt.VMChanged, virt.StateShutoff, "destroyed")
	s.wantState(t, ref, virt.StateShutoff)

	if !s.lacks(startPaused) {
		other := s.define(t, "held") // libvirt 9.0 can take the late end of a destroyed VM's QEMU for that of its next one
		must(t, s.conn.StartPaused(other.ID))
		s.wantState(t, other, virt.StatePaused)
		must(t, s.conn.DestroyDomain(other.ID))
	}

	must(t, s.conn.SetAutostart(ref.ID, true))
	if vm := s.wantState(t, ref, virt.StateShutoff); !vm.Autostart {
		t.Error("autostart did not stay on")
	}
	must(t, s.conn.SetAutostart(ref.ID, false))
	if vm := s.wantState(t, ref, virt.StateShutoff); vm.Autostart {
		t.Error("autostart did not go off")
	}

	must(t, s.conn.Undefine(ref.ID, hypervisor.UndefineOptions{}))
	s.news.wants(t, ref, virt.VMRemoved, "", "removed")
	_, err := s.conn.VMState(ref.ID)
	wantKind(t, err, virt.KindNotFound)
}

func refusals(t *testing.T, s suite) {
	running, off := s.started(t, "running"), s.define(t, "off")
	nobody := newUUID()

	for name, row := range map[string]struct {
		err  error
		want virt.ErrorKind
	}{
		"start a VM that runs":      {s.conn.StartDomain(running.ID), virt.KindState},
		"pause a VM that is off":    {s.conn.SuspendDomain(off.ID), virt.KindState},
		"resume a VM that runs":     {s.conn.ResumeDomain(running.ID), virt.KindState},
		"turn off one that is off":  {s.conn.DestroyDomain(off.ID), virt.KindState},
		"shut down one that is off": {s.conn.ShutdownDomain(off.ID), virt.KindState},
		"reboot one that is off":    {s.conn.RebootDomain(off.ID), virt.KindState},
		"save one that is off":      {s.conn.SaveDomain(context.Background(), off.ID), virt.KindState},
		"start nobody":              {s.conn.StartDomain(nobody), virt.KindNotFound},
		"undefine nobody":           {s.conn.Undefine(nobody, hypervisor.UndefineOptions{}), virt.KindNotFound},
		"define no XML":             {second(s.conn.DefineDomain("nonsense")), virt.KindInvalid},
		"define an empty document":  {second(s.conn.DefineDomain("<domain/>")), virt.KindInvalid},
		"look up a name":            {second(s.conn.LookupVM("nobody")), virt.KindNotFound},
		"look up a UUID":            {second(s.conn.LookupVM("uuid:" + nobody)), virt.KindNotFound},
	} {
		if virt.KindOf(row.err) != row.want {
			t.Errorf("%s: %v (%s), want %s", name, row.err, virt.KindOf(row.err), row.want)
		}
	}

	if !s.lacks(liveScreen) {
		wantKind(t, second(s.conn.Screenshot(off.ID, 0, io.Discard)), virt.KindState)
	}
	_, err := s.conn.DefineDomain(text(t, guest(s.conn.Driver(), "off")))
	wantKind(t, err, virt.KindExists)
	_, err = s.conn.CreateTransient(text(t, guest(s.conn.Driver(), "running")))
	wantKind(t, err, virt.KindExists)
	other := guest(s.conn.Driver(), "other")
	other.UUID = off.ID
	_, err = s.conn.DefineDomain(text(t, other))
	wantKind(t, err, virt.KindExists)
}

func second[T any](_ T, err error) error { return err }

func documents(t *testing.T, s suite) {
	ref := s.started(t, "documents")
	for _, word := range []string{"documents", "uuid:" + ref.ID, ref.ID} {
		found, err := s.conn.LookupVM(word)
		must(t, err)
		if found != ref {
			t.Errorf("%s names %+v, want %+v", word, found, ref)
		}
	}
	doc := &libvirtxml.Domain{}
	live, err := s.conn.DomainXML(ref.ID, false, false)
	must(t, err)
	must(t, doc.Unmarshal(live))
	if doc.ID == nil || doc.Name != "documents" {
		t.Errorf("the running document has id %v and name %q", doc.ID, doc.Name)
	}
	doc = &libvirtxml.Domain{}
	stored, err := s.conn.DomainXML(ref.ID, true, false)
	must(t, err)
	must(t, doc.Unmarshal(stored))
	if doc.ID != nil {
		t.Errorf("the stored document has id %d", *doc.ID)
	}

	doc.Title = "A title"
	again, err := s.conn.DefineDomain(text(t, doc))
	must(t, err)
	if again != ref {
		t.Errorf("defining it again gave %+v", again)
	}
	s.news.wants(t, ref, virt.VMDefined, "", "updated")

	all := map[string]string{}
	must(t, s.conn.EachXML(func(id, text string) { all[id] = text }))
	if all[ref.ID] != live {
		t.Errorf("all documents are %d; this VM's is\n%s\nwant\n%s", len(all), all[ref.ID], live)
	}

	transient, err := s.conn.CreateTransient(text(t, guest(s.conn.Driver(), "passing")))
	must(t, err)
	vm := s.wantState(t, transient, virt.StateRunning)
	lasts, err := s.conn.IsPersistent(transient.ID)
	must(t, err)
	if vm.Persistent || lasts {
		t.Error("a transient VM claims to be persistent")
	}
	if !s.lacks(jobs) { // the test driver would take it
		wantKind(t, s.conn.SetAutostart(transient.ID, true), virt.KindState)
	}
	must(t, s.conn.DestroyDomain(transient.ID))
	_, err = s.conn.VMState(transient.ID)
	wantKind(t, err, virt.KindNotFound)

	if !s.lacks(leases) {
		known, err := s.conn.Addresses(ref.ID, "lease")
		must(t, err)
		if len(known) != 0 {
			t.Errorf("a VM without a network card has the addresses %+v", known)
		}
	}
	_, err = s.conn.Addresses(ref.ID, "hearsay")
	wantKind(t, err, virt.KindInvalid)

	n, err := s.conn.Snapshots(ref.ID)
	must(t, err)
	if n != 0 {
		t.Errorf("the VM has %d snapshots", n)
	}
}

func saving(t *testing.T, s suite) {
	ref := s.started(t, "saved")
	must(t, s.conn.SaveDomain(context.Background(), ref.ID))
	s.news.wants(t, ref, virt.VMChanged, virt.StateSaved, "saved")
	if vm := s.wantState(t, ref, virt.StateSaved); !vm.Saved {
		t.Error("no saved image is told of")
	}
	must(t, s.conn.StartDomain(ref.ID))
	s.news.within(t, promptly, "the restored VM", func(ev virt.Event) bool {
		return ev.Ref.Same(ref) && ev.State == virt.StateRunning && (ev.Detail == "restored" || s.lacks(jobs))
	})
	must(t, s.conn.SaveDomain(context.Background(), ref.ID))
	must(t, s.conn.RemoveSaved(ref.ID))
	s.wantState(t, ref, virt.StateShutoff)
}

func cancelledSave(t *testing.T, s suite) {
	s.needs(t, jobs)
	big := guest(s.conn.Driver(), "big")
	big.Memory = &libvirtxml.DomainMemory{Value: 3, Unit: "GiB"} // untouched: takes time to look at, no memory
	ref, err := s.conn.CreateTransient(text(t, big))
	must(t, err)
	defer func() { must(t, s.conn.DestroyDomain(ref.ID)) }()
	persistent, err := s.conn.DefineDomain(text(t, big))
	must(t, err)
	defer func() { must(t, s.conn.Undefine(persistent.ID, hypervisor.UndefineOptions{})) }()

	ctx, cancel := context.WithCancel(context.Background())
	saved := make(chan error, 1)
	go func() { saved <- s.conn.SaveDomain(ctx, ref.ID) }()
	s.news.within(t, 5*time.Second, "the pause for the save", func(ev virt.Event) bool {
		return ev.Ref.Same(ref) && ev.State == virt.StatePaused
	})
	cancel()
	wantKind(t, <-saved, virt.KindCancelled)
	if vm := s.wantState(t, ref, virt.StateRunning); vm.Saved {
		t.Error("a saved image was left behind")
	}
	wantKind(t, s.conn.SaveDomain(ctx, ref.ID), virt.KindCancelled)
}

func screen(t *testing.T, s suite) {
	ref := s.started(t, "screen")
	var picture bytes.Buffer
	mime, err := s.conn.Screenshot(ref.ID, 0, &picture)
	must(t, err)
	magic := map[string]string{"image/x-portable-pixmap": "P6\n", "image/png": "\x89PNG"}[mime]
	if magic == "" || !bytes.HasPrefix(picture.Bytes(), []byte(magic)) {
		t.Errorf("the picture is %q and begins with %q", mime, picture.Next(8))
	}
	_, err = s.conn.Screenshot(ref.ID, 7, io.Discard)
	if err == nil && !s.lacks(liveScreen) {
		t.Error("a screen that is not there has a picture")
	}
}

func screenServer(t *testing.T, s suite) {
	s.needs(t, graphics)
	ref := s.started(t, "server")
	for range 2 { // a second one is as good
		conn, err := s.conn.OpenGraphics(ref.ID, 0)
		must(t, err)
		must(t, conn.SetDeadline(time.Now().Add(5*time.Second)))
		greeting := make([]byte, 12)
		if _, err := io.ReadFull(conn, greeting); err != nil || string(greeting) != "RFB 003.008\n" {
			t.Errorf("the screen server said %q (%v)", greeting, err)
		}
		must(t, conn.Close())
	}
	must(t, s.conn.DestroyDomain(ref.ID))
	_, err := s.conn.OpenGraphics(ref.ID, 0)
	wantKind(t, err, virt.KindState)
}

func serialPort(t *testing.T, s suite) {
	s.needs(t, console)
	ref := s.define(t, "serial")
	_, err := s.conn.OpenConsole(ref.ID, "", false)
	wantKind(t, err, virt.KindState)

	must(t, s.conn.StartPaused(ref.ID))
	port, err := s.conn.OpenConsole(ref.ID, "serial0", false)
	must(t, err)
	_, err = s.conn.OpenConsole(ref.ID, "serial0", false)
	wantKind(t, err, virt.KindState)
	must(t, s.conn.ResumeDomain(ref.ID))
	heard := make(chan string, 1)
	go func() {
		var all bytes.Buffer
		buf := make([]byte, 64)
		for !bytes.Contains(all.Bytes(), []byte("SeaBIOS")) {
			n, err := port.Read(buf)
			all.Write(buf[:n])
			if err != nil {
				break
			}
		}
		heard <- all.String()
	}()
	select {
	case said := <-heard:
		if !bytes.Contains([]byte(said), []byte("SeaBIOS")) {
			t.Errorf("the firmware said %q", said)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the firmware says nothing")
	}
	if _, err := port.Write([]byte("hello")); err != nil {
		t.Error(err)
	}

	taken, err := s.conn.OpenConsole(ref.ID, "serial0", true)
	must(t, err)
	ended := make(chan error, 2)
	go func() { ended <- drained(port) }()
	must(t, port.Close())
	must(t, port.Close())
	if err := <-ended; err != nil { // it may have heard that it was taken away
		wantKind(t, err, virt.KindUnavailable)
	}

	go func() { ended <- drained(taken) }()
	must(t, s.conn.DestroyDomain(ref.ID))
	select {
	case err := <-ended:
		must(t, err)
	case <-time.After(5 * time.Second):
		t.Error("the console of a VM that is off stays open")
	}
	must(t, taken.Close())
	if _, err := taken.Write([]byte("x")); err == nil {
		t.Error("a closed console takes bytes")
	}
}

// drained reads until the end.
func drained(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

func measuring(t *testing.T, s suite) {
	s.needs(t, stats)
	ref := s.started(t, "measured")
	idle := s.define(t, "idle")
	var sample virt.Sample
	eventually(t, 5*time.Second, "the VM has used a processor", func() bool {
		samples, err := s.conn.ActiveStats()
		must(t, err)
		sample = samples[ref.ID]
		if _, measured := samples[idle.ID]; measured {
			t.Fatal("a VM that is off is measured")
		}
		return sample.CPUTime > 0
	})
	if sample.VCPUs != 1 || sample.MemMax != 32<<20 || sample.MemUsed == 0 || sample.GuestSays || time.Since(sample.Time) > time.Minute {
		t.Errorf("the reading is %+v", sample)
	}
}
