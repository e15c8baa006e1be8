package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

const (
	turns   = 15
	newsDue = 200.0 // ms
)

// beside measures how long the window takes to show what another program does to
// a machine, from the begin of that program's call.
func beside(ctx context.Context, b *bench) error {
	if err := b.fill(idleMachines); err != nil {
		return err
	}
	vm, err := b.svc.VMs.Create(ctx, b.host, bare("beside"))
	if err != nil {
		return err
	}
	ours, _, _ := b.apps(idleMachines)
	socket := filepath.Join(b.files, "ui")
	ours.env = []string{"KVM_MANAGER_UI_SOCKET=" + socket}
	w, err := b.open(ctx, ours)
	if err != nil {
		return err
	}
	defer w.kill()
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	looker := &looker{json.NewEncoder(conn), json.NewDecoder(conn)}
	if _, err := looker.until("Running"); err != nil {
		return err
	}
	f := figure{name: "another program pauses or resumes a machine", unit: "ms till it shows", target: newsDue}
	for i := range turns {
		begun := time.Now()
		state, call := "Paused", b.svc.VMs.Pause
		if i%2 == 1 {
			state, call = "Running", b.svc.VMs.Resume
		}
		if err := call(ctx, vm); err != nil {
			return err
		}
		shown, err := looker.until(state)
		if err != nil {
			return err
		}
		f.ours = append(f.ours, float64(shown.Sub(begun).Microseconds())/1000)
	}
	b.report.add(f)
	_, err = b.svc.VMs.Delete(ctx, vm, virt.DeleteSpec{Force: true})
	return err
}

// A looker asks the window's UI socket.
type looker struct {
	out *json.Encoder
	in  *json.Decoder
}

type element struct {
	Role, Name string
	Children   []element
}

// until looks at the window until the first row of its table is in the state.
func (l *looker) until(state string) (time.Time, error) {
	for begun := time.Now(); time.Since(begun) < patience; {
		if err := l.out.Encode(map[string]string{"do": "tree"}); err != nil {
			return time.Time{}, err
		}
		var tree struct{ Nodes []element }
		if err := l.in.Decode(&tree); err != nil {
			return time.Time{}, err
		}
		if row, found := first(tree.Nodes, "table row"); found {
			if _, found := first(row.Children, "table cell", "State: "+state); found {
				return time.Now(), nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("the machine does not show as %s: %w", state, os.ErrDeadlineExceeded)
}

// first returns the first element of the role and, if there is one, the name.
func first(elements []element, role string, name ...string) (element, bool) {
	for _, e := range elements {
		if e.Role == role && (len(name) == 0 || e.Name == name[0]) {
			return e, true
		}
		if found, ok := first(e.Children, role, name...); ok {
			return found, true
		}
	}
	return element{}, false
}
