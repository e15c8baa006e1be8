package virt

import (
	"errors"
	"testing"
	"time"
)

func TestRatesBetweenCountsPerSecondOfWhatTheVMHas(t *testing.T) {
	start := time.Unix(1000, 0)
	a := Sample{Time: start, CPUTime: time.Second, VCPUs: 2, DiskRead: 100, NICRx: 10}
	b := Sample{Time: start.Add(2 * time.Second), CPUTime: 3 * time.Second, VCPUs: 2, DiskRead: 2100, NICRx: 30, MemUsed: 5}
	r, ok := RatesBetween(a, b)
	if !ok || r.CPUPercent != 50 || r.DiskRead != 1000 || r.NICRx != 10 || r.MemUsed != 5 {
		t.Errorf("RatesBetween = %+v, %v", r, ok)
	}
}

func TestRatesBetweenGivesNothingAcrossARestart(t *testing.T) {
	start := time.Unix(1000, 0)
	a := Sample{Time: start, CPUTime: time.Minute}
	if r, ok := RatesBetween(a, Sample{Time: start.Add(time.Second), CPUTime: time.Second}); ok {
		t.Errorf("counters that went back gave %+v", r)
	}
	if r, ok := RatesBetween(a, a); ok {
		t.Errorf("no time gave %+v", r)
	}
}

func TestCanSaysWhyNot(t *testing.T) {
	for _, c := range []struct {
		action Action
		state  VMState
		want   bool
	}{
		{StartVM, StateShutoff, true},
		{StartVM, StateSaved, true},
		{DiscardVM, StateSaved, true},
		{DiscardVM, StateShutoff, false},
		{DiscardVM, StateRunning, false},
		{StartVM, StateCrashed, true},
		{StartVM, StateRunning, false},
		{ShutdownVM, StateRunning, true},
		{ShutdownVM, StatePaused, false},
		{OffVM, StatePaused, true},
		{OffVM, StateShutoff, false},
		{PauseVM, StateRunning, true},
		{ResumeVM, StatePaused, true},
		{ResumeVM, StateRunning, false},
		{OpenConsole, StateShutoff, false},
		{DeleteVM, StateRunning, true},
	} {
		reason, ok := Can(c.action, VM{State: c.state, Persistent: true})
		if ok != c.want || ok != (reason == "") {
			t.Errorf("Can(%s, %s) = %q, %v", c.action, c.state, reason, ok)
		}
	}
}

func TestATransientVMCannotBeSaved(t *testing.T) {
	if _, ok := Can(SaveVM, VM{State: StateRunning}); ok {
		t.Error("saving a VM without a stored definition is offered")
	}
}

func TestPickPrefersNamesAndTakesUUIDs(t *testing.T) {
	id := "6695eb01-f6a4-8304-79aa-97f2502e193f"
	vms := []VM{{ID: id, Name: "web"}, {ID: "11111111-1111-4111-8111-111111111111", Name: id}}
	for word, want := range map[string]string{"web": "web", id: id, "uuid:" + id: "web", "uuid:11111111-1111-4111-8111-111111111111": id} {
		got, err := Pick(vms, KindVM, word, VM.Ref)
		if err != nil || got.Name != want {
			t.Errorf("Pick(%q) = %q, %v; want %q", word, got.Name, err, want)
		}
	}
	if _, err := Pick(vms, KindVM, "db", VM.Ref); !errors.Is(err, ErrNotFound) {
		t.Errorf("Pick of a stranger: %v", err)
	}
}
