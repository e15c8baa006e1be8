package operation

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestWhatAnotherProgramDoesIsNews(t *testing.T) {
	dir := t.TempDir()
	h, other := open(t, dir), open(t, dir)
	must(t, os.MkdirAll(filepath.Join(dir, "data"), 0o700))
	news, stop := h.bus.SubscribeAll()
	defer stop()
	ctx, end := context.WithCancel(h.ctx)
	ended := make(chan error, 1)
	go func() { ended <- h.Watch(ctx) }()

	deadline := time.After(20 * time.Second)
	for told := false; !told; { // the watch may not have begun yet
		must(t, other.Do(other.ctx, virt.StartVM, vm("web"), func(context.Context, *Progress) error { return nil }))
		select {
		case e := <-news:
			told = e.Kind == virt.OperationChanged && e.Ref.ID == ""
		case <-time.After(2 * settleTime):
		case <-deadline:
			t.Fatal("nobody told of the other program's operation")
		}
	}
	end()
	must(t, <-ended)
}

func TestNobodyWatchesWithoutAName(t *testing.T) {
	h := open(t, t.TempDir())
	if err := h.Watch(context.Background()); !errors.Is(err, virt.ErrForbidden) {
		t.Errorf("watching without an actor says %v", err)
	}
}
