package console

import (
	"context"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// An asker puts what the server of a screen asks to the person, in the window
// that shows the screen.
type asker struct{ kit *kit.Kit }

// Ask is part of host.Asker.
func (a asker) Ask(ctx context.Context, q virt.Question) (virt.Answer, error) {
	type reply struct {
		answer virt.Answer
		err    error
	}
	replies := make(chan reply, 1)
	var dialog *kit.Dialog
	a.kit.Do(func() {
		if ctx.Err() != nil {
			return
		}
		dialog = parts.NewQuestion(a.kit, q, func(answer virt.Answer, err error) { replies <- reply{answer, err} })
		dialog.Open(a.kit.Win.Canvas())
	})
	select {
	case r := <-replies:
		return r.answer, r.err
	case <-ctx.Done():
		a.kit.Do(func() {
			if dialog != nil {
				dialog.Close()
			}
		})
		return virt.Answer{}, ctx.Err()
	}
}
