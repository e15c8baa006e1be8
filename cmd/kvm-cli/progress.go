package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"golang.org/x/term"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/batch"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// showProgress reports the operations of this process on stderr until the
// returned function is called: JSON lines when asked, a bar on a terminal.
func (c *cli) showProgress(ctx context.Context, s *services.Services) func() {
	show := c.progressLine()
	if show == nil {
		return func() {}
	}
	news, stop := s.Subscribe()
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		for ev := range news {
			if ev.Kind != virt.OperationChanged {
				continue
			}
			if op, err := s.Operations.Show(ctx, ev.Ref.ID); err == nil {
				show(op)
			}
		}
	}()
	return func() { stop(); done.Wait(); c.clearBar() }
}

func (c *cli) progressLine() func(virt.Operation) {
	if c.progress == "json" {
		out := json.NewEncoder(c.err)
		return func(op virt.Operation) {
			_ = out.Encode(map[string]any{"operation": op.ID, "stage": op.Stage, "done": op.Done, "total": op.Total}) //nolint:errcheck // a closed stderr is no reason to stop
		}
	}
	if !isTerminal(c.err) {
		return nil
	}
	return func(op virt.Operation) {
		if op.State != virt.OperationRunning || op.Stage == "" {
			return
		}
		line := op.Stage
		if op.Stage == batch.Stage {
			line = fmt.Sprintf("%d of %d machines", op.Done, op.Total)
		} else if op.Total > 0 {
			line = fmt.Sprintf("%s %d %%", op.Stage, 100*op.Done/op.Total)
		}
		fmt.Fprintf(c.err, "\r\x1b[K%s", line)
	}
}

func (c *cli) clearBar() {
	if c.progress != "json" && isTerminal(c.err) {
		fmt.Fprint(c.err, "\r\x1b[K")
	}
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) // a file descriptor fits
}
