package operation

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

const (
	// settleTime is how long the database must be left alone before its change is
	// told: an operation writes several times when it begins and ends.
	settleTime = 150 * time.Millisecond
	// lookAgain is how often Watch looks for a directory that was not there.
	lookAgain = 5 * time.Second
)

// Watch publishes virt.OperationChanged, without an ID, when the operations or
// the audit log have changed on disk: other programs write there, too. It ends
// with ctx, which is no error. Where the system cannot tell of changes there are
// no such news.
func (d *Door) Watch(ctx context.Context) error {
	target := virt.Ref{Kind: virt.KindOperation}
	if err := d.May(ctx, virt.ListOperations, target); err != nil {
		return err
	}
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return virt.Errorf(virt.KindUnavailable, "watch for what other programs do: %w", err)
	}
	defer func() { _ = notify.Close() }()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	settled := time.NewTimer(time.Hour)
	settled.Stop()
	defer settled.Stop()
	for {
		_ = notify.Add(filepath.Dir(d.state.Path())) // it may come later, or be a new one
		select {
		case <-ctx.Done():
			return nil
		case e := <-notify.Events:
			if strings.HasPrefix(e.Name, d.state.Path()) && !e.Has(fsnotify.Chmod) {
				settled.Reset(settleTime)
			}
		case <-notify.Errors: // events were lost
			settled.Reset(settleTime)
		case <-settled.C:
			d.bus.Publish(virt.Event{Kind: virt.OperationChanged, Ref: target, Time: time.Now()})
		case <-again.C:
		}
	}
}
